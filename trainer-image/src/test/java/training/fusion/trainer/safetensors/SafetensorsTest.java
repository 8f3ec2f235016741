package training.fusion.trainer.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A safetensors file")
class SafetensorsTest {
  private static final Path REFERENCE = Path.of("src", "test", "golden", "reference.safetensors");

  private final Path folder;

  SafetensorsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void ofTheReferenceImplementationIsRead() throws IOException {
    try (var file = SafetensorsFile.open(REFERENCE)) {
      assertThat(file.metadata())
          .containsEntry("classes", "[\"ä\", \"b\"]")
          .containsEntry("format", "pt");
      assertThat(file.tensors())
          .containsExactlyInAnyOrder(
              new TensorHeader("features.0.0.weight", ElementType.F32, List.of(2L, 3L, 2L, 2L)),
              new TensorHeader("classifier.1.bias", ElementType.F32, List.of(3L)),
              new TensorHeader("num_batches_tracked", ElementType.I64, List.of()),
              new TensorHeader("double", ElementType.F64, List.of(1L, 1L)),
              new TensorHeader("bytes", ElementType.U8, List.of(5L)),
              new TensorHeader("empty", ElementType.F32, List.of(0L, 3L)));
      var weight = file.values("features.0.0.weight").asFloatBuffer();
      for (int i = 0; i < 24; i++) {
        assertThat(weight.get(i)).isEqualTo(i / 7f);
      }
      assertThat(file.values("classifier.1.bias").asFloatBuffer().get(2)).isEqualTo(1e-30f);
      assertThat(file.values("num_batches_tracked").getLong()).isEqualTo(391);
      assertThat(file.values("double").getDouble()).isEqualTo(1 / 3.0);
      assertThat(file.values("bytes").get(4)).isEqualTo((byte) 4);
      assertThat(file.values("empty").remaining()).isZero();
    }
  }

  @Test
  void isReadAsItWasWrittenAndHasTheHashThatWritingGave() throws IOException {
    Path path = folder.resolve("copy.safetensors");
    FileDigest written;
    try (var reference = SafetensorsFile.open(REFERENCE)) {
      written = SafetensorsWriter.write(path, reference.metadata(), sources(reference));
    }
    assertThat(FileDigest.of(path)).isEqualTo(written);
    assertThat(written.bytes()).isEqualTo(Files.size(path));
    try (var reference = SafetensorsFile.open(REFERENCE);
        var copy = SafetensorsFile.open(path)) {
      assertThat(copy.metadata()).isEqualTo(reference.metadata());
      assertThat(copy.tensors()).containsExactlyInAnyOrderElementsOf(reference.tensors());
      for (TensorHeader tensor : copy.tensors()) {
        assertThat(copy.values(tensor.name())).isEqualTo(reference.values(tensor.name()));
      }
    }
  }

  @Test
  void hasTheSameBytesWheneverTheSameIsWritten() throws IOException {
    try (var reference = SafetensorsFile.open(REFERENCE)) {
      var backwards = new java.util.ArrayList<>(sources(reference));
      java.util.Collections.reverse(backwards);
      FileDigest once =
          SafetensorsWriter.write(folder.resolve("1"), new TreeMap<>(), sources(reference));
      FileDigest again = SafetensorsWriter.write(folder.resolve("2"), new TreeMap<>(), backwards);
      assertThat(again).isEqualTo(once);
    }
  }

  @Test
  void thatIsCutShortOrIsSomethingElseIsRefusedInWords() throws IOException {
    byte[] whole = Files.readAllBytes(REFERENCE);
    Path cut = folder.resolve("cut");
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> SafetensorsFile.open(cut))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bytes is said to be at bytes 124 to 129 of 128");

    Path text = folder.resolve("text");
    Files.writeString(text, "this is not a tensor");
    assertThatThrownBy(() -> SafetensorsFile.open(text))
        .hasMessageContaining("is not a safetensors file: its header would be");

    Path empty = Files.createFile(folder.resolve("empty"));
    assertThatThrownBy(() -> SafetensorsFile.open(empty))
        .hasMessageContaining("it ends within its header");
  }

  @Test
  void withAShapeThatOverflowsIsRefused() throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    Path path = folder.resolve("overflow");
    Files.write(
        path,
        ByteBuffer.allocate(8 + text.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());
    assertThatThrownBy(() -> SafetensorsFile.open(path)).isInstanceOf(IOException.class);
  }

  private static List<TensorSource> sources(SafetensorsFile file) {
    return file.tensors().stream()
        .map(tensor -> new TensorSource(tensor, () -> file.values(tensor.name())))
        .toList();
  }
}
