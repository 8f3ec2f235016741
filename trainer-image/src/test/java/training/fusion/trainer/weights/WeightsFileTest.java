package training.fusion.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static training.fusion.trainer.weights.WeightsFiles.fixture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;

/** Files that {@code torch.save} made, see oracle/weights.py: what is read, and what is refused. */
@NullUnmarked
class WeightsFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tensors.pth", "tensors-legacy.pth"})
  void everyTypeAndStrideHasPyTorchsValues(String file) throws Exception {
    Map<String, StoredTensor> tensors = WeightsFiles.tensors(fixture(file));
    JsonNode expected = new ObjectMapper().readTree(fixture("tensors.json").toFile());
    assertThat(tensors).hasSize(expected.size());
    for (var entry : expected.properties()) {
      StoredTensor tensor = tensors.get(entry.getKey());
      assertThat(tensor).as(entry.getKey()).isNotNull();
      List<Long> shape = new ArrayList<>();
      entry.getValue().get("shape").forEach(size -> shape.add(size.asLong()));
      assertThat(tensor.shape()).as(entry.getKey()).isEqualTo(shape);
      float[] values = new float[entry.getValue().get("values").size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) entry.getValue().get("values").get(i).asDouble();
      }
      assertThat(tensor.floats()).as(entry.getKey()).containsExactly(values);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          script.pth         | it is a TorchScript program
          quantized.pth      | it holds no tensors by name, but weight (torch._utils._rebuild_qtensor, which was not run)
          compressed.pth     | is compressed; torch.save stores
          protocol-4.pth     | it holds no tensors by name, but a (a number)
          tensors.json       | it is neither safetensors nor a file of torch.save
          """)
  void whatIsMoreOrLessThanTensorsIsRefusedWithoutRunningIt(String file, String sentence)
      throws Exception {
    assertThatThrownBy(() -> WeightsFile.open(fixture(file)))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining(file)
        .hasMessageContaining(sentence)
        .extracting(e -> ((TrainingFailure) e).exitCode())
        .isEqualTo(ExitCode.BAD_CONFIGURATION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hostile.pth", "hostile-legacy.pth"})
  @DisplayName("what a hostile pickle would call is told by its name, and is not called")
  void nothingIsCalled(String file) throws Exception {
    StateDict read = WeightsFile.open(fixture(file)).stateDicts().get(0);
    assertThat(read.tensors()).containsOnlyKeys("weight");
    assertThat(read.others()).containsExactly(Map.entry("x", "io.open, which was not run"));
    assertThat(Path.of("a-file-that-a-hostile-pickle-made")).doesNotExist();
  }

  /** Of a zip every bit is under a checksum or in the directory; the old format has neither. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tensors.pth",
        "tensors-legacy.pth",
        "checkpoints/legacy.pth",
        "checkpoints/protocol-5.pth"
      })
  void aDamagedFileIsRefusedOrReadAsBeforeAndNeverBreaksAnything(String file) throws Exception {
    byte[] whole = Files.readAllBytes(fixture(file));
    Map<String, List<Float>> before = WeightsFiles.values(fixture(file));
    var random = new Random(Long.getLong("seed", 1));
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] bytes = whole.clone();
      if (round % 3 == 0) {
        bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path damaged = Files.write(folder.resolve("damaged.pth"), bytes);
      try {
        Map<String, List<Float>> values = WeightsFiles.values(damaged);
        if (!file.contains("legacy") && values.keySet().equals(before.keySet())) {
          assertThat(values).isEqualTo(before);
        }
      } catch (TrainingFailure e) {
        assertThat(e).hasMessageContaining("damaged.pth");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  @Test
  void aFolderMustHoldExactlyOneFileOfWeights() throws Exception {
    assertThatThrownBy(() -> WeightsFile.open(folder)).hasMessageContaining("it holds none");
    Files.copy(fixture("wrapped.pth"), folder.resolve("a.pth"));
    Files.writeString(folder.resolve("README.md"), "weights");
    assertThat(WeightsFile.open(folder).path()).isEqualTo(folder.resolve("a.pth"));
    Files.copy(fixture("wrapped.pth"), folder.resolve("b.bin"));
    assertThatThrownBy(() -> WeightsFile.open(folder)).hasMessageContaining("holds a.pth, b.bin");
    Files.delete(folder.resolve("a.pth"));
    Files.move(folder.resolve("b.bin"), folder.resolve("pytorch_model.bin"));
    Files.copy(fixture("wrapped.pth"), folder.resolve("model.safetensors"));
    assertThat(WeightsFile.open(folder).path())
        .as("the same weights twice, as transformers' repositories have them")
        .isEqualTo(folder.resolve("model.safetensors"));
    assertThatThrownBy(() -> WeightsFile.open(folder.resolve("c.pth")))
        .hasMessageContaining("c.pth, which should hold pretrained weights, is not there");
  }
}
