package training.fusion.trainer.shard;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import training.fusion.trainer.InWords;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/**
 * Reads the headers of tar files, and labels; no picture. What a member is called may be as long as
 * GNU's and POSIX's ways allow, and a hard link is another name of a member before it. For any
 * number of threads.
 */
public final class ShardReader {
  /** What else files are that people take for tars, by what they begin with, in Latin-1. */
  private static final Map<String, String> COMPRESSED =
      Map.of(
          "\u001f\u008b", "gzip",
          "BZh", "bzip2",
          "\u00fd7zXZ\0", "xz",
          "(\u00b5/\u00fd", "zstd");

  private static final int LONGEST_SIGNATURE = 6;
  private static final int SMALL = 1024;

  private final SampleFields fields;
  private final LabelReader labels;

  /** A reader of shards whose samples are alike. */
  public ShardReader(SampleFields fields) {
    this.fields = fields;
    this.labels = new LabelReader(fields);
  }

  /**
   * Reads a tar.
   *
   * @throws TrainingFailure BadData, naming the file and the member that is not as expected
   */
  public Shard read(Path file) {
    var last = new String[] {""};
    try {
      PlainFile.check(file);
      try (SeekableFile tar = SeekableFile.open(file)) {
        refuseCompressed(tar);
        Samples samples = samples(tar, last);
        last[0] = "";
        List<Shard.Picture> pictures =
            samples.pictures((extension, member) -> label(tar, extension, member));
        List<String> without = samples.withoutPicture();
        if (pictures.isEmpty() && samples.count() > 0) {
          throw DamagedShard.of(
              "its samples have no pictures, only %s; set dataset.shards.pictureExtension to the one that is a picture",
              samples.extensions());
        }
        return new Shard(file, pictures, without.size(), without.isEmpty() ? null : without.get(0));
      }
    } catch (DamagedShard e) {
      throw TrainingFailure.badData("%s: %s".formatted(file, e.getMessage()));
    } catch (NoSuchFileException | AccessDeniedException | PlainFile.Otherwise e) {
      throw TrainingFailure.unreadable(file, e);
    } catch (IOException | IllegalArgumentException e) { // commons-compress tells damage by both
      throw TrainingFailure.badData(
          "%s is a damaged tar%s: %s; copy it again, or make it again"
              .formatted(
                  file, last[0].isEmpty() ? "" : ", after its member " + last[0], InWords.of(e)));
    }
  }

  private String label(SeekableFile tar, String extension, Samples.Member member)
      throws DamagedShard {
    try {
      return labels.read(tar, extension, member);
    } catch (DamagedShard e) {
      throw e;
    } catch (IOException e) {
      throw DamagedShard.of("the label %s cannot be read: %s", member.name(), InWords.of(e));
    }
  }

  private static void refuseCompressed(SeekableFile tar) throws IOException {
    byte[] begin = new byte[LONGEST_SIGNATURE];
    try {
      begin = tar.at(0, LONGEST_SIGNATURE);
    } catch (EOFException e) {
      throw DamagedShard.of("it is no tar: it has less than %s bytes", LONGEST_SIGNATURE);
    }
    String text = new String(begin, StandardCharsets.ISO_8859_1);
    for (var signature : COMPRESSED.entrySet()) {
      if (text.startsWith(signature.getKey())) {
        throw DamagedShard.of(
            "it is compressed by %s, and pictures are read from anywhere in a shard; decompress it: pictures are compressed already",
            signature.getValue());
      }
    }
  }

  private Samples samples(SeekableFile file, String[] last) throws IOException {
    var samples = new Samples(fields);
    var blocks = new TarStream(file, true);
    var tar = new TarArchiveInputStream(blocks, StandardCharsets.UTF_8.name());
    blocks.beginHeaders();
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      blocks.endHeaders();
      if (!entry.isCheckSumOK()) {
        throw new IOException("a header's check sum differs");
      }
      add(samples, entry, file.position(), tar);
      last[0] = entry.getName();
      blocks.beginHeaders();
    }
    if (!blocks.endsAsItShould()) {
      throw new IOException("it lacks the empty blocks at its end, so members may be missing");
    }
    return samples;
  }

  private void add(Samples samples, TarArchiveEntry entry, long offset, InputStream content)
      throws IOException {
    String name = entry.getName();
    if (entry.isDirectory()) {
      return;
    }
    if (entry.isLink()) {
      samples.link(name, entry.getLinkName());
    } else if (entry.isSymbolicLink()
        || entry.isFIFO()
        || entry.isBlockDevice()
        || entry.isCharacterDevice()
        || entry.isSparse()
        || !entry.isFile()) {
      throw DamagedShard.of(
          "the member %s is a symbolic link, a device, a named pipe or a sparse file; plain files and hard links are expected",
          name);
    } else {
      long length = entry.getSize();
      byte[] label = null;
      if (length <= SMALL && isLabel(name)) { // it lies where the file is read just now
        label = content.readNBytes((int) length);
      }
      samples.add(new Samples.Member(name, offset, length, label));
    }
  }

  private boolean isLabel(String name) {
    MemberName divided = MemberName.of(name);
    return divided != null && fields.labels().contains(divided.extension());
  }
}
