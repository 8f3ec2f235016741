package training.fusion.trainer.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import training.fusion.trainer.format.IdxFiles;

/** Archives for tests; names are written as they are. */
public final class Archives {
  private Archives() {}

  public static byte[] tarGz(Map<String, byte[]> files) throws IOException {
    return IdxFiles.gzip(tar(files));
  }

  /**
   * Bytes as a compressor writes them.
   *
   * @param compressor by commons-compress's name
   */
  static byte[] compressed(String compressor, byte[] plain) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var output =
        new CompressorStreamFactory().createCompressorOutputStream(compressor, bytes)) {
      output.write(plain);
    } catch (CompressorException e) {
      throw new IOException(e);
    }
    return bytes.toByteArray();
  }

  public static byte[] tar(Map<String, byte[]> files) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        var entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  static byte[] tarWithLink(String name, String target) throws IOException {
    return tar(link(TarConstants.LF_SYMLINK, name, target));
  }

  /** Entries as they are. */
  @SafeVarargs
  public static byte[] tar(Map.Entry<TarArchiveEntry, byte[]>... entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      for (var entry : entries) {
        entry.getKey().setSize(entry.getValue().length);
        tar.putArchiveEntry(entry.getKey());
        tar.write(entry.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  public static Map.Entry<TarArchiveEntry, byte[]> file(String name, byte[] content) {
    return Map.entry(new TarArchiveEntry(name, true), content);
  }

  /** An entry of another type than a file; a link says where it leads. */
  public static Map.Entry<TarArchiveEntry, byte[]> link(byte type, String name, String target) {
    var link = new TarArchiveEntry(name, type);
    link.setLinkName(target);
    return Map.entry(link, new byte[0]);
  }

  static long bytesBelow(Path folder) {
    try (var paths = Files.walk(folder)) {
      return paths.mapToLong(path -> path.toFile().isFile() ? path.toFile().length() : 0).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] zip(Map<String, byte[]> files) throws IOException {
    return zip(files, StandardCharsets.UTF_8);
  }

  /** With names in another encoding, which the file does not tell. */
  static byte[] zip(Map<String, byte[]> files, Charset names) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes, names)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
