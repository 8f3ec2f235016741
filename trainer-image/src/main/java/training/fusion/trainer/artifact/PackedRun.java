package training.fusion.trainer.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import training.fusion.trainer.InWords;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;

/**
 * A run's files as one tar, whose last entry has their sha256: who reads it knows whether all came.
 *
 * @param files below the folder
 */
public record PackedRun(Path folder, List<Path> files) {
  /** The last entry, in the words of {@code sha256sum}. */
  public static final String SUMS = "SHA256SUMS";

  private static final int PIECE = 1 << 16;

  /**
   * What of a run is packed.
   *
   * @param asked names of files; empty: all but what only a trainer has a use for
   * @param all checkpoints and the best weights as well
   * @throws TrainingFailure if there is no such file
   */
  public static PackedRun of(Path folder, List<String> asked, boolean all) {
    for (String name : asked) {
      Path file = folder.resolve(name).normalize();
      if (!file.startsWith(folder.normalize()) || !isFile(file)) {
        throw TrainingFailure.badConfiguration("the run has no %s yet".formatted(name));
      }
    }
    if (!asked.isEmpty()) {
      return new PackedRun(folder, asked.stream().map(folder::resolve).toList());
    }
    try (Stream<Path> found = Files.walk(folder)) {
      return new PackedRun(
          folder,
          found
              .filter(PackedRun::isFile)
              .filter(file -> isPacked(folder.relativize(file), all))
              .sorted()
              .toList());
    } catch (IOException e) {
      throw TrainingFailure.badConfiguration(
          "%s cannot be read: %s".formatted(folder, InWords.of(e)));
    } catch (UncheckedIOException e) { // a checkpoint's folder that is removed meanwhile
      IOException cause = requireNonNull(e.getCause());
      throw TrainingFailure.temporaryIo(
          "%s cannot be listed now: %s".formatted(folder, InWords.of(cause)), cause);
    }
  }

  private static boolean isFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isPacked(Path relative, boolean all) {
    String first = relative.getName(0).toString();
    if (first.equals("lock") || first.equals("pod") || Durable.isUnfinished(relative)) {
      return false;
    }
    return all || (!first.startsWith("checkpoint-") && !first.startsWith("best-"));
  }

  /** Writes the tar. A file that is replaced meanwhile comes as it was when it was opened. */
  public void writeTo(OutputStream out) throws IOException {
    var sums = new StringBuilder();
    try (var tar = new TarArchiveOutputStream(new BufferedOutputStream(out, PIECE), UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (Path file : files) {
        String name = folder.relativize(file).toString();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          sums.append(add(tar, name, channel)).append("  ").append(name).append('\n');
        } catch (NoSuchFileException e) {
          // a checkpoint that was followed by newer ones
        }
      }
      byte[] text = sums.toString().getBytes(UTF_8);
      entry(tar, SUMS, text.length);
      tar.write(text);
      tar.closeArchiveEntry();
    }
  }

  /** As many bytes as it has now, though it may grow; their sha256. */
  private static String add(TarArchiveOutputStream tar, String name, FileChannel file)
      throws IOException {
    long left = file.size();
    entry(tar, name, left);
    MessageDigest digest = Sha256.begin();
    byte[] piece = new byte[PIECE];
    InputStream in = new BufferedInputStream(Channels.newInputStream(file), PIECE);
    while (left > 0) {
      int read = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (read < 0) {
        throw new EOFException(name + " became shorter while it was read");
      }
      digest.update(piece, 0, read);
      tar.write(piece, 0, read);
      left -= read;
    }
    tar.closeArchiveEntry();
    return Sha256.hex(digest);
  }

  private static void entry(TarArchiveOutputStream tar, String name, long size) throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setMode(0100644);
    tar.putArchiveEntry(entry);
  }
}
