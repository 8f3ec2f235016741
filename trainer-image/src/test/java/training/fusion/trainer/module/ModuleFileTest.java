package training.fusion.trainer.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.StoredEntries;

/** Nothing of a file is run here; files are those of {@code oracle/modules.py}. */
@NullUnmarked
@DisplayName("A TorchScript file")
class ModuleFileTest {
  @TempDir private Path folder;

  @Test
  void isProposedInBlocksOfItsChildren() throws IOException {
    Path untied =
        edited((name, bytes) -> bytes); // the shared weight makes two blocks of the proposal one
    assertThatThrownBy(() -> ModuleBlocks.of(ModuleFile.open(untied), null))
        .hasMessageContaining("it is shared, by the names mix.one.weight and mix.two.weight");
    List<List<String>> blocks =
        List.of(List.of("scale", "features"), List.of("mix", "gains"), List.of("head"));
    ModuleBlocks divided = ModuleBlocks.of(ModuleFile.open(untied), blocks);
    assertThat(divided.head()).isEqualTo(2);
    assertThat(divided.parametersIn(2)).isEqualTo(12 * 5 + 5);
    assertThat(divided.parametersIn(1)).isEqualTo(12 * 12 + 12 + 12 + 12);
  }

  @Test
  void namesAParameterThatIsInNoBlockOrInTwo() throws IOException {
    ModuleFile file = ModuleFile.open(resource("small.pt"));
    assertThatThrownBy(
            () -> ModuleBlocks.of(file, List.of(List.of("scale", "features"), List.of("mix"))))
        .hasMessageContaining("its parameter gains.0 is in no block of model.module.blocks");
    assertThatThrownBy(
            () ->
                ModuleBlocks.of(
                    file,
                    List.of(
                        List.of("scale", "features", "mix", "gains"),
                        List.of("features.3", "head"))))
        .hasMessageContaining("its parameter features.3.weight is in the blocks 0 and 1");
    assertThatThrownBy(
            () ->
                ModuleBlocks.of(
                    file,
                    List.of(List.of("scale", "features", "mix", "gains"), List.of("head", "tail"))))
        .hasMessageContaining("tail, which stands in model.module.blocks[1]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trace-eval.pt|it is a trace of eval(), and its batch_norm stays so in training too",
        "trace-train.pt|it is a trace of train(), and its batch_norm stays so in evaluations too",
        "frozen.pt|it has no parameters, as after torch.jit.freeze",
      })
  void isRefusedWhereItCannotBeTrained(String name, String why) {
    refused(resource(name), why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "_3, _4, _5 = torch.lstm(x, _1, _2, True, 2, 0.5, False, False, True)|trace of eval(), and its lstm",
        "_1, _2 = torch.gru(x, hx, _0, True, 2, 0.10000000000000001, True, False, True)|trace of train(), and its gru",
        "_1, _2 = torch.rnn_tanh(x, y, hx, _0, True, 2, 0.5, False, True)|trace of eval(), and its rnn_tanh",
        "_1 = torch.scaled_dot_product_attention(q, k, v, None, 0.10000000000000001)|trace of train(), and its scaled_dot_product_attention",
      })
  void isRefusedAsATraceWhoseDropoutStaysAsItWas(String statement, String why) throws IOException {
    refused(traced(statement), why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_3, _4, _5 = torch.lstm(x, _1, _2, True, 2, 0., False, False, True)",
        "_1 = torch.scaled_dot_product_attention(q, k, v)",
        "_1 = torch.scaled_dot_product_attention(q, k, v, None, 0., True)",
      })
  void isNoTraceToRefuseWhereNothingIsDropped(String statement) throws IOException {
    assertThat(ModuleFile.open(traced(statement)).label()).isEqualTo("Net");
  }

  /** The small network with code that asks for no mode, and a statement of another kind. */
  private Path traced(String statement) throws IOException {
    return edited(
        (name, bytes) ->
            name.contains("/code/") && name.endsWith(".py")
                ? text(
                    new String(bytes, StandardCharsets.US_ASCII)
                            .replace(".training", ".mode")
                            .replaceAll("torch\\.(?:batch_norm|dropout)", "torch.other")
                        + "    "
                        + statement
                        + "\n")
                : bytes);
  }

  /** As timm's networks: TorchScript calls its class with the value alone, in no tuple. */
  @Test
  void mayHaveAnEnumerationsValueAsAnAttribute() {
    ModuleFile file = ModuleFile.open(resource("enumeration.pt"));
    assertThat(file.modules().parameters())
        .extracting(ScriptedTensor::name)
        .containsExactly("head.weight", "head.bias");
  }

  @Test
  void mayHaveArgumentsWithDefaultsInBrackets() {
    String text =
        """
        class Net(Module):
          __parameters__ = []
          def forward(self: __torch__.Net,
            x: Tensor,
            size: Tuple[int, int]=(1, 2),
            share: float=0.5) -> Tensor:
            return torch.other(x)
          def other(self: __torch__.Net) -> int:
            return 1
        """;
    ScriptedClass.Forward forward = ScriptedClass.in("__torch__.py", text).get(0).forward();
    assertThat(forward.required()).containsExactly(Map.entry("x", "Tensor"));
    assertThat(forward.optional()).containsExactly("size", "share");
    assertThat(forward.returns()).isEqualTo("Tensor");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.2, 0.5, 0.8, 0.99})
  void isRefusedWhereItIsCut(double share) throws IOException {
    byte[] whole = Files.readAllBytes(resource("small.pt"));
    Path cut = folder.resolve("cut.pt");
    Files.write(cut, Arrays.copyOf(whole, (int) (share * whole.length)));
    refused(cut, "");
  }

  @Test
  void isRefusedWhereSomethingOfItIsMissingOrDamaged() throws IOException {
    refused(edited((name, bytes) -> name.endsWith("data.pkl") ? null : bytes), "no data.pkl");
    refused(
        edited((name, bytes) -> name.contains("/code/") ? null : bytes),
        "it is a file of torch.save, which has weights and no code");
    refused(
        edited((name, bytes) -> name.endsWith("/version") ? text("99\n") : bytes),
        "its format is number 99, and the libtorch here reads those up to 10");
    refused(edited((name, bytes) -> name.endsWith("data/0") ? null : bytes), "data/0 should have");
    refused(
        edited(
            (name, bytes) ->
                name.endsWith("data.pkl") ? Arrays.copyOf(bytes, bytes.length / 2) : bytes),
        "its pickle");
  }

  @Test
  void isRefusedWhereItIsSomethingElse() throws IOException {
    Path file = folder.resolve("net.pt");
    Files.writeString(file, "a text\n");
    refused(file, "it is no zip archive, as torch.jit.save writes them");
    String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}";
    byte[] safetensors = new byte[8 + header.length()];
    safetensors[0] = (byte) header.length();
    System.arraycopy(text(header), 0, safetensors, 8, header.length());
    Files.write(file, safetensors);
    refused(file, "it is a safetensors file, which has weights and no network");
    assertThatThrownBy(() -> ModuleFile.open(folder.resolve("nowhere.pt")))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("nowhere.pt, which should hold the network of spec.model.module");
  }

  private static void refused(Path file, String why) {
    assertThatThrownBy(() -> ModuleFile.open(file))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining(file.getFileName() + " does not serve as spec.model.module: ")
        .hasMessageContaining(why);
  }

  /** The small network's file with other entries; null leaves one out. */
  private Path edited(BiFunction<String, byte[], byte @Nullable []> change) throws IOException {
    Path file = folder.resolve("edited.pt");
    try (var in = new ZipFile(resource("small.pt").toFile());
        var out = new ZipOutputStream(Files.newOutputStream(file))) {
      for (ZipEntry entry : in.stream().toList()) {
        try (var content = in.getInputStream(entry)) {
          byte[] changed = change.apply(entry.getName(), content.readAllBytes());
          if (changed != null) {
            StoredEntries.store(out, entry.getName(), ByteBuffer.wrap(changed));
          }
        }
      }
    }
    return file;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Path resource(String name) {
    return Path.of(
        Objects.requireNonNull(ModuleFileTest.class.getResource("/modules/" + name)).getPath());
  }
}
