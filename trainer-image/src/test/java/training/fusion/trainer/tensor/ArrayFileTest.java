package training.fusion.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.trainer.TrainingFailure;

@DisplayName("A file of arrays")
class ArrayFileTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private static Path folder;

  @BeforeAll
  static void unpack() throws IOException {
    GoldenTensors.unpack(folder);
  }

  static Stream<String> taken() throws IOException {
    return GoldenTensors.names("taken/");
  }

  static Stream<String> refused() throws IOException {
    return GoldenTensors.names("refused/");
  }

  @ParameterizedTest
  @MethodSource("taken")
  @DisplayName("has the names, types and shapes with which NumPy and safetensors wrote it")
  void isWhatWasWritten(String name) throws IOException {
    JsonNode expected = GoldenTensors.expected().get(name);
    List<StoredArray> arrays = ArrayFile.read(folder.resolve(name), stem(name));
    assertThat(arrays).hasSize(expected.size());
    for (StoredArray array : arrays) {
      JsonNode written = expected.get(array.header().name());
      assertThat(array.header().type()).hasToString(written.get("type").asText());
      assertThat(array.header().shape())
          .hasToString(written.get("shape").toString().replace(",", ", "));
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  @DisplayName("that cannot be used is refused with its name and with what would be right")
  void isRefused(String name) throws IOException {
    Path file = folder.resolve(name);
    assertThatExceptionOfType(TrainingFailure.class)
        .isThrownBy(() -> ArrayFile.read(file, stem(name)))
        .withMessageContaining(file.toString())
        .withMessageContaining(GoldenTensors.expected().get(name).asText())
        .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("\n"));
  }

  private static String stem(String name) {
    return name.replaceAll(".*/|\\.[^.]*$", "");
  }
}
