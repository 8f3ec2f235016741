package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ArchitecturesPageTest {
  private static final Path PAGE = Path.of("../docs/architectures.md");

  @Test
  @DisplayName("docs/architectures.md is what the tables give")
  void isCurrent() throws IOException {
    if (Boolean.getBoolean("architectures.write")) {
      Files.writeString(PAGE, ArchitecturesPage.text());
    }
    assertThat(PAGE)
        .as(
            "mvn -pl trainer-image -am test -Dtest=ArchitecturesPageTest -Dsurefire.failIfNoSpecifiedTests=false -Darchitectures.write=true")
        .content()
        .isEqualTo(ArchitecturesPage.text());
  }
}
