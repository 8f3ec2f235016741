package training.fusion.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The repository that the tests run in. */
public final class Repository {
  private Repository() {}

  /** Its root: tests run in a module's folder, directly below. */
  public static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("fusion"))
        ? here
        : Objects.requireNonNull(here.getParent(), "a module's folder");
  }
}
