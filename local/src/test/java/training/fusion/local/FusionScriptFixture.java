package training.fusion.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real {@code ./fusion} in a checkout of its own, at a path with a space. JDK, Maven and uname
 * are small scripts that note how they were called: what the world answers is the input here.
 */
@NullUnmarked // JUnit sets what the nullness checker sees no value for
abstract class FusionScriptFixture {
  static final String BUILD =
      """
      mkdir -p local/target/lib trainer-image/target/trainer/lib operator/target
      touch operator/target/fusion-operator-runner.jar
      """;

  @TempDir Path folder;

  Path root;
  Path home;
  final Map<String, String> environment = new TreeMap<>();

  /** How the script ended and all that it said. */
  record Outcome(int status, String said) {}

  @BeforeEach
  void checkout() throws Exception {
    root = folder.resolve("a checkout");
    home = folder.resolve("home");
    Files.createDirectories(home);
    for (String file :
        List.of("pom.xml", "local/pom.xml", "crds/pom.xml", "local/src/main/java/A.java")) {
      write(file, "<!-- " + file + " -->");
    }
    Files.copy(Path.of("..", "fusion"), root.resolve("fusion"));
    jdk("17.0.15");
    maven("3.9.9", BUILD);
    tool("uname", "[ \"$1\" = -s ] && echo Linux || echo x86_64");
  }

  Outcome refusal(String sentence) {
    return new Outcome(
        64, "fusion: " + sentence.replace("%s", folder.resolve("jdk").toString()) + "\n");
  }

  Outcome fusion(String... arguments) throws Exception {
    return outcome(start(arguments));
  }

  Process start(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(root.resolve("fusion").toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_"));
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  static Outcome outcome(Process process) throws Exception {
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), said);
  }

  /** The calls of a tool that did its work, one line each, every argument in brackets. */
  List<String> calls(String tool) throws IOException {
    Path noted = folder.resolve(tool + ".calls");
    return Files.exists(noted) ? Files.readAllLines(noted) : List.of();
  }

  void jdk(String version) throws IOException {
    executable(folder.resolve("jdk/bin/javac"), "echo javac " + version);
    executable(
        folder.resolve("jdk/bin/java"),
        """
        if [ "$1" = -XshowSettings:properties ]; then
          echo "    java.home = %s" >&2; echo "    user.home = %s" >&2
        else
          %s
          case "$* " in *" -Xshare:dump "*) for it; do case $it in -XX:SharedArchiveFile=*) : >"${it#*=}";; esac; done;; esac
          exit ${JAVA_STATUS:-0}
        fi
        """
            .formatted(folder.resolve("jdk"), home, note("java")));
  }

  void maven(String version, String build) throws IOException {
    tool(
        "mvn",
        "case \" $* \" in *' -v '*) echo 'Apache Maven %s'; exit;; esac\n%s\n%s"
            .formatted(version, note("mvn"), build));
  }

  private String note(String tool) {
    return "{ printf '[%s]' \"$@\"; echo; } >>'" + folder.resolve(tool + ".calls") + "'";
  }

  void tool(String name, String script) throws IOException {
    executable(folder.resolve("bin").resolve(name), script);
  }

  private static void executable(Path file, String script) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
