package training.fusion.trainer.picture;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;
import training.fusion.trainer.Sha256;

/**
 * What decoded bytes depend on besides a picture's file and its framing: this program, byte for
 * byte, its libraries by the names of their jars, and Java. Another build counts as another
 * decoder, though most decode alike: nobody has to remember a number.
 */
public final class DecoderVersion {
  private DecoderVersion() {}

  /**
   * The one of this process, in some letters.
   *
   * @throws IOException if the program's own files cannot be read
   */
  public static String ofThisProcess() throws IOException {
    try {
      MessageDigest digest = Sha256.begin();
      for (String property : List.of("java.vm.vendor", "java.vm.version", "os.name", "os.arch")) {
        Sha256.addLine(digest, System.getProperty(property));
      }
      Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(jar -> String.valueOf(Path.of(jar).getFileName()))
          .sorted()
          .forEach(jar -> Sha256.addLine(digest, jar));
      Path program =
          Path.of(DecoderVersion.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.walk(program)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          Sha256.addLine(digest, program.relativize(file).toString());
          digest.update(Files.readAllBytes(file));
        }
      }
      return Sha256.hex(digest);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e); // a class has its place
    }
  }
}
