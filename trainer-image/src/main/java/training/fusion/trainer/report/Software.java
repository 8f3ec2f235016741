package training.fusion.trainer.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/**
 * What a run was computed with.
 *
 * @param trainer version of this program
 * @param djl version of Deep Java Library
 * @param libtorch version of libtorch, which does the arithmetic
 * @param java version of the virtual machine
 * @param system operating system and processor
 */
public record Software(String trainer, String djl, String libtorch, String java, String system) {

  /** This process. */
  public static Software ofThisProcess() {
    Properties versions = versions();
    return new Software(
        versions.getProperty("trainer"),
        versions.getProperty("djl"),
        versions.getProperty("libtorch"),
        System.getProperty("java.version"),
        "%s %s, %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")));
  }

  /** Versions of libraries, as the build filled them in. */
  public static Properties versions() {
    try (InputStream stream = Software.class.getResourceAsStream("/versions.properties")) {
      var properties = new Properties();
      properties.load(Objects.requireNonNull(stream));
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
