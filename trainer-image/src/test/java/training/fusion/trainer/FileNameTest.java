package training.fusion.trainer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A file's name")
class FileNameTest {
  @Test
  @DisplayName("is text in UTF-8, or none")
  void isText(@TempDir Path folder) throws IOException {
    Path file = FileName.resolve(folder, "Äpfel/猫 50 %.png");
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.createFile(file);
    assertThat(FileName.text(folder.relativize(file))).hasValue("Äpfel/猫 50 %.png");
    assertThat(FileName.text(file)).hasValue(folder + "/Äpfel/猫 50 %.png");
    assertThat(FileName.text(Path.of(URI.create("file:///a/caf%E9")))).isEmpty();
    assertThatThrownBy(() -> FileName.resolve(folder, "a\0b"))
        .isInstanceOf(InvalidPathException.class);
  }
}
