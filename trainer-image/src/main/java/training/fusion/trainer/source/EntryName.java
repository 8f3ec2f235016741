package training.fusion.trainer.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import training.fusion.trainer.FileName;

/** Names that others chose for files below a folder of ours: an archive's entries, S3's keys. */
final class EntryName {
  /** What file systems take: 255 bytes for each part, 4,096 for all with the folder. */
  private static final int LONGEST_PART = 255;

  private static final int LONGEST = 3000;
  private static final Charset CODE_PAGE_437 = Charset.forName("IBM437");

  private EntryName() {}

  /** A name that is not used; the message says why, for the end of a sentence. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why);
    }
  }

  /**
   * A zip entry's name, with its parts divided by '/'. A name that is not in UTF-8 is in code page
   * 437 (APPNOTE 6.3.10, appendix D); others come out as other letters, but no two as one. Some
   * programs on Windows divide by backslashes, which in other code pages are halves of letters.
   */
  static String of(ZipArchiveEntry entry) {
    byte[] raw = entry.getRawName();
    if (entry.getNameSource() != ZipArchiveEntry.NameSource.NAME || isUtf8(raw)) {
      return entry.getName().replace('\\', '/');
    }
    String name = new String(raw, CODE_PAGE_437);
    return name.indexOf('/') < 0 ? name.replace('\\', '/') : name;
  }

  private static boolean isUtf8(byte[] name) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * The path of a name below a folder.
   *
   * @param name relative, parts divided by '/'
   * @throws Refused if it leaves the folder, or no file can have it
   */
  static Path below(Path folder, String name) throws Refused {
    for (String part : name.split("[/\\\\]", -1)) {
      if (part.equals("..")) {
        throw new Refused("has a path that leaves its folder");
      }
      if (part.getBytes(StandardCharsets.UTF_8).length > LONGEST_PART) {
        throw new Refused("has a name of more than %d bytes".formatted(LONGEST_PART));
      }
    }
    if (name.startsWith("/")) {
      throw new Refused("has a path that leaves its folder");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new Refused("has a path of more than %d bytes".formatted(LONGEST));
    }
    try {
      Path path = FileName.resolve(folder, name).normalize();
      if (path.startsWith(folder) && !path.equals(folder.getRoot())) {
        return path;
      }
      throw new Refused("has a path that leaves its folder");
    } catch (InvalidPathException e) {
      throw new Refused("has a name that no file here can have");
    }
  }

  /** A name as it can be printed: others chose it. */
  static String printed(String name) {
    String one = name.replaceAll("\\p{Cntrl}", "?");
    return one.length() <= 120 ? one : one.substring(0, 120) + "…";
  }
}
