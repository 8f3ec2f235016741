package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The operator of ./fusion run")
class InstallationTest {
  @Test
  @DisplayName("may reach what its manifest opens, as with -jar")
  void opens(@TempDir Path root) throws IOException {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Add-Opens", "java.base/java.lang java.base/java.util");
    Path jar = Files.createDirectories(root.resolve("operator/target")).resolve("x-runner.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    List<String> line = new Installation(root).operator(List.of());
    assertThat(line.subList(0, line.indexOf("-cp")))
        .contains(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED");
  }
}
