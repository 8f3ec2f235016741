package training.fusion.trainer.picture;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

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
      var digest = MessageDigest.getInstance("SHA-256");
      for (String property : List.of("java.vm.vendor", "java.vm.version", "os.name", "os.arch")) {
        add(digest, System.getProperty(property));
      }
      Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(jar -> String.valueOf(Path.of(jar).getFileName()))
          .sorted()
          .forEach(jar -> add(digest, jar));
      Path program =
          Path.of(DecoderVersion.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.walk(program)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          add(digest, program.relativize(file).toString());
          digest.update(Files.readAllBytes(file));
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException | URISyntaxException e) {
      throw new IllegalStateException(e); // every JDK has it, and a class its place
    }
  }

  private static void add(MessageDigest digest, String text) {
    digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
