package training.fusion.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static training.fusion.trainer.weights.WeightsFiles.fixture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.trainer.TrainingFailure;

/** Checkpoints of training scripts, see oracle/checkpoints.py: what torch.load finds is found. */
@NullUnmarked
class CheckpointFilesTest {
  @TempDir private Path folder;

  static List<String> checkpoints() throws Exception {
    return new ArrayList<>(new TreeSet<>(names(expected())));
  }

  private static JsonNode expected() throws Exception {
    return new ObjectMapper()
        .readTree(fixture("checkpoints/checkpoints.json").toFile())
        .get("files");
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  @DisplayName("every dictionary of tensors in a checkpoint has torch.load's names and values")
  void everyDictionaryIsFound(String file) throws Exception {
    JsonNode wanted = expected().get(file);
    Map<String, StateDict> found = new LinkedHashMap<>();
    for (StateDict dictionary : WeightsFile.open(fixture("checkpoints/" + file)).stateDicts()) {
      found.put(dictionary.entry(), dictionary);
    }
    assertThat(found.keySet()).containsAll(names(wanted));
    for (var entry : wanted.properties()) {
      Map<String, StoredTensor> tensors = found.get(entry.getKey()).tensors();
      assertThat(tensors.keySet()).as(entry.getKey()).containsAll(names(entry.getValue()));
      for (var tensor : entry.getValue().properties()) {
        float[] values = tensors.get(tensor.getKey()).floats();
        JsonNode first = tensor.getValue().get(1);
        for (int i = 0; i < first.size(); i++) {
          assertThat(values[i]).as(tensor.getKey()).isEqualTo((float) first.get(i).asDouble());
        }
      }
    }
  }

  @Test
  @DisplayName("what is no tensor is told by what it is")
  void othersAreTold() throws Exception {
    var others = WeightsFile.open(fixture("checkpoints/other-types.pth")).stateDicts().get(0);
    assertThat(others.entry()).isEqualTo("model");
    assertThat(others.others())
        .containsEntry("epoch", "a number")
        .containsEntry("sparse", "torch._utils._rebuild_sparse_tensor, which was not run")
        .containsKeys("float8", "uint16", "complex", "quantized");
  }

  @Test
  @DisplayName(
      "of a script's own texts the network's name is taken, and nothing for a header of ours")
  void theNetworksNameIsTaken() throws Exception {
    for (String file : List.of("timm.pth.tar", "legacy.pth")) {
      assertThat(WeightsFile.open(fixture("checkpoints/" + file)).metadata())
          .containsExactly(Map.entry("arch", "tf_efficientnetv2_s"));
    }
  }

  /** Programs for Python's machine that would not end, or not fit into memory, if obeyed. */
  static Stream<String> loops() {
    return Stream.of(
        "]q\0h\0a.", // a list in itself
        "}q\0X\1\0\0\0ah\0s.", // a dictionary in itself
        "}q\0h\0h\0s.", // as its own key
        "(" + "(t".repeat(100_000) + "t.", // tuples
        ")" + "\u0085".repeat(200_000) + ".", // a tuple within a tuple within …
        "]" + "q\0]h\0a".repeat(50_000) + ".", // lists likewise
        "c__builtin__\neval\n" + "X\1\0\0\0a\u0085R".repeat(50_000) + ".",
        // a dictionary that has itself under three hundred names
        "}q\0"
            + IntStream.range(0, 300)
                .mapToObj(i -> "X\3\0\0\0%03dh\0s".formatted(i))
                .collect(Collectors.joining())
            + ".",
        // a tensor's function whose arguments are that function and those arguments
        "ctorch._tensor\n_rebuild_from_type_v2\nq\1]q\0(h\1Nh\0Neh\1h\0R.");
  }

  @ParameterizedTest
  @MethodSource("loops")
  @Timeout(60)
  @DisplayName("a pickle that leads back into itself, or very deep, is read to its end or refused")
  void loopsEnd(String program) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x80, 2});
    out.writeBytes(program.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(
            () ->
                UnpickledCheckpoint.stateDicts(
                    Pickle.read(ByteBuffer.wrap(out.toByteArray())),
                    view -> ByteBuffer.allocate(0)))
        .isInstanceOf(UnreadableWeights.class);
  }

  @Test
  @DisplayName("weights in several files are read by their index, or by the folder of all of them")
  void shardsAreJoined() throws Exception {
    for (String name : List.of("model.safetensors.index.json", "pytorch_model.bin.index.json")) {
      Path index = fixture("shards-" + (name.contains("bin") ? "bin" : "safetensors") + "/" + name);
      Map<String, List<Float>> all = WeightsFiles.values(index);
      JsonNode wanted = new ObjectMapper().readTree(fixture("shards.json").toFile());
      assertThat(all.keySet()).containsExactlyInAnyOrderElementsOf(names(wanted));
      for (var tensor : wanted.properties()) {
        List<Float> values = new ArrayList<>();
        tensor.getValue().forEach(value -> values.add((float) value.asDouble()));
        assertThat(all.get(tensor.getKey())).as(tensor.getKey()).isEqualTo(values);
      }
      assertThat(WeightsFiles.values(index.getParent())).isEqualTo(all);
    }
  }

  @Test
  @DisplayName("one of several shards, or an index without one of them, is named as such")
  void aShardAloneIsNotEnough() throws Exception {
    Path shards = fixture("shards-safetensors/model.safetensors.index.json").getParent();
    assertThatThrownBy(() -> WeightsFile.open(shards.resolve("model-00002-of-00003.safetensors")))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("is part 2 of 3 of its weights")
        .hasMessageContaining("model.safetensors.index.json");
    for (String name :
        List.of("model.safetensors.index.json", "model-00001-of-00003.safetensors")) {
      Files.copy(shards.resolve(name), folder.resolve(name));
    }
    assertThatThrownBy(() -> WeightsFile.open(folder))
        .hasMessageContaining("model-00002-of-00003.safetensors")
        .hasMessageContaining("is not there");
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"../b\"}}");
    assertThatThrownBy(() -> WeightsFile.open(folder))
        .hasMessageContaining("names ../b, which is not the name of a file beside it");
    Files.writeString(folder.resolve("model.safetensors.index.json"), "{");
    assertThatThrownBy(() -> WeightsFile.open(folder)).hasMessageContaining("not valid JSON");
  }
}
