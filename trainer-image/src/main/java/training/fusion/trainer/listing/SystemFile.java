package training.fusion.trainer.listing;

import java.util.Locale;
import java.util.Set;

/**
 * Files and folders that programs put beside people's data: thumbnails, waste baskets, copies that
 * editors keep. They may hold pictures, and are nobody's data.
 */
public final class SystemFile {
  /** Small letters. What begins with a dot is hidden, and so one of them in any case. */
  private static final Set<String> NAMES =
      Set.of(
          "lost+found", // ext4
          "__macosx", // archives made on macOS
          "icon\r", // macOS
          "@eadir", // Synology's thumbnails
          "@tmp",
          "#recycle",
          "#snapshot",
          "@recycle", // QNAP
          "@recently-snapshot",
          "$recycle.bin", // Windows
          "system volume information",
          "thumbs.db",
          "ehthumbs.db",
          "desktop.ini",
          "__pycache__");

  private static final Set<String> OF_EXACT_NAMES = Set.of("lost+found", "__MACOSX");

  private SystemFile() {}

  /** Whether a file or folder of that name is one. */
  static boolean is(String name, FolderReading reading) {
    return name.startsWith(".")
        || (reading == FolderReading.EXACT_NAMES
            ? OF_EXACT_NAMES.contains(name)
            : NAMES.contains(name.toLowerCase(Locale.ROOT)));
  }
}
