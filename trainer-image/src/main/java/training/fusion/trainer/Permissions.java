package training.fusion.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whose a file is and who may read it, for people who are told that this process may not. */
final class Permissions {
  private static final int MODE_BITS = 07777;

  private Permissions() {}

  /**
   * For example {@code it has mode 0600 and belongs to uid 0, this process runs as uid 1001; chmod
   * a+r, or run as that user}. Of a path that can't even be looked at, the folder that hides it.
   */
  static String tell(Path path) {
    Path shown = path.toAbsolutePath();
    Map<String, Object> attributes = attributes(shown);
    while (attributes == null && shown.getParent() != null) {
      shown = shown.getParent();
      attributes = attributes(shown);
    }
    if (attributes == null) {
      return "this process may not read it";
    }
    boolean itself = shown.equals(path.toAbsolutePath());
    return "%s has mode %s and belongs to uid %s, this process runs as %s; give others the right to read it (chmod %s)"
        .formatted(
            itself ? "it" : shown,
            mode(attributes.get("mode")),
            attributes.get("uid"),
            ownUser(),
            Files.isDirectory(shown) ? "a+rx" : "a+r");
  }

  private static String mode(@Nullable Object bits) {
    return bits instanceof Integer mode ? String.format("%04o", mode & MODE_BITS) : "unknown";
  }

  private static @Nullable Map<String, Object> attributes(Path path) {
    try {
      return Files.readAttributes(path, "unix:mode,uid");
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return null;
    }
  }

  /** By its number where the system tells it: a container's user often has no name. */
  private static String ownUser() {
    Path self = Path.of("/proc/self");
    Map<String, Object> attributes = attributes(self);
    return attributes == null
        ? "user " + System.getProperty("user.name")
        : "uid " + attributes.get("uid");
  }
}
