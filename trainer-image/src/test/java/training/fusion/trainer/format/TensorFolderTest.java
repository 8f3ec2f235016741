package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static training.fusion.trainer.format.TensorFileWriter.bytes;
import static training.fusion.trainer.format.TensorFileWriter.floats;
import static training.fusion.trainer.format.TensorFileWriter.labels;
import static training.fusion.trainer.format.TensorFileWriter.longs;
import static training.fusion.trainer.format.TensorFileWriter.rows;
import static training.fusion.trainer.format.TensorFileWriter.write;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.Dataset;
import training.fusion.api.Dataset.Tensors;
import training.fusion.api.Dataset.Tensors.Input;
import training.fusion.api.Source;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.Datasets;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.KnownParts;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.sample.LabelledSamples;
import training.fusion.trainer.sample.SampleInput;
import training.fusion.trainer.sample.TensorRows;
import training.fusion.trainer.tensor.GoldenTensors;

@DisplayName("A folder of tensors")
class TensorFolderTest {
  private static final FolderLayout.Asked ALL = new FolderLayout.Asked(true, true);
  private static final Tensors NOTHING_SAID = TensorFolder.orDefault(null);

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @Test
  @DisplayName("shows a network the values that PyTorch would, of every type, normalized or not")
  void showsWhatPyTorchWould() throws IOException {
    GoldenTensors.unpack(folder);
    JsonNode expected = GoldenTensors.expected();
    for (var file : expected.properties()) {
      if (file.getKey().startsWith("taken/")) {
        for (var array : file.getValue().properties()) {
          Path path = folder.resolve(file.getKey());
          JsonNode values = array.getValue();
          assertThat(shown(path, array.getKey(), null))
              .as("%s of %s", array.getKey(), path)
              .isEqualTo(values.get("sha256").asText());
          if (values.has("normalized")) {
            var input =
                new Input(array.getKey(), list(values.get("mean")), list(values.get("std")));
            assertThat(shown(path, array.getKey(), input))
                .isEqualTo(values.get("normalized").asText());
          }
        }
      }
    }
  }

  private static List<Double> list(JsonNode numbers) {
    return IntStream.range(0, numbers.size()).mapToObj(i -> numbers.get(i).asDouble()).toList();
  }

  private static String shown(Path file, String name, @Nullable Input asked) {
    TensorRows rows =
        TensorTable.open(List.of(file))
            .unlabelled(List.of(name), asked == null ? null : List.of(asked));
    int bytes = rows.inputs().get(0).bytes();
    ByteBuffer all = ByteBuffer.allocate(rows.count() * bytes).order(ByteOrder.nativeOrder());
    for (int row = 0; row < rows.count(); row++) {
      rows.put(row, 0, all, row * bytes);
    }
    return HexFormat.of().formatHex(Sha256.begin().digest(all.array()));
  }

  @Test
  @DisplayName("has the parts that words of names and folders say, or that dataset.tensors names")
  void hasParts() {
    write(folder.resolve("my_train.safetensors"), rows("x", 6), labels(6, 2));
    write(folder.resolve("my_val.safetensors"), rows("x", 4), labels(4, 2));
    write(folder.resolve("my_test.safetensors"), rows("x", 2), labels(2, 2));
    ImageFiles files = read(NOTHING_SAID);
    assertThat(requireNonNull(files.train()).count()).isEqualTo(6);
    assertThat(requireNonNull(files.validation()).count()).isEqualTo(4);
    assertThat(requireNonNull(files.test()).count()).isEqualTo(2);
    assertThat(files.classNames()).containsExactly("0", "1");
    ImageFiles named =
        read(
            new Tensors(
                "my_{val,test}.safetensors", null, "my_train.safetensors", null, null, null));
    assertThat(requireNonNull(named.train()).count()).isEqualTo(6);
    assertThat(requireNonNull(named.train()).name(4)).isEqualTo("row 0 of my_test.safetensors");
    assertThat(named.validation()).isNull();
  }

  @Test
  @DisplayName("puts the rows of several files one after the other, each tensor's own")
  void concatenates() throws IOException {
    for (int shard = 0; shard < 3; shard++) {
      write(
          folder.resolve("train-%02d.safetensors".formatted(shard)),
          floats("x", List.of(2L, 1L), 10 * shard, 10 * shard + 1),
          longs("label", 0, 1));
    }
    LabelledSamples train = requireNonNull(read(NOTHING_SAID).train());
    assertThat(values(train, 0)).containsExactly(0f, 1f, 10f, 11f, 20f, 21f);
    assertThat(train.key(2)).isNotEqualTo(train.key(3)).doesNotContain("train");
  }

  @Test
  @DisplayName("of equal rows tells by their keys which each is, and others by their values alone")
  void hasKeys() {
    float[] values = new float[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 7 == 0 ? i : i % 5;
    }
    write(folder.resolve("a.safetensors"), floats("x", List.of(1000L), values), labels(1000, 2));
    LabelledSamples rows = requireNonNull(read(NOTHING_SAID).train());
    Map<Float, Integer> equal = new HashMap<>();
    for (int row = 0; row < values.length; row++) {
      ByteBuffer value = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      String digest =
          HexFormat.of().formatHex(Sha256.begin().digest(value.putFloat(values[row]).array()));
      int before = equal.merge(values[row], 1, Integer::sum) - 1;
      assertThat(rows.key(row))
          .isEqualTo(digest.substring(0, 24) + (before == 0 ? "" : "-" + before));
    }
  }

  /** Files of x and of the labels, with so many rows each, and words of the refusal, or none. */
  static Stream<Arguments> pairs() {
    return Stream.of(
        pairs("x-00:1 x-01:2", "label-00:1 label-01:2", null),
        pairs("x-00:2 x-01:1", "label-00:1 label-01:2", "x-00.safetensors, x has 2 rows, and "),
        pairs("x-99:1 x-100:1", "label-0099:1 label-0100:1", "x-100.safetensors, x and "),
        pairs("x-099:1 x-100:1", "label-0099:1 label-0100:1", null),
        pairs("x-00:1 x-01:1", "label-10:1 label-11:1", "x-00.safetensors, x and "),
        pairs("x-a:1 x-b:1", "label-a:1 label-c:1", "their names do not say so"),
        pairs("00/x:1 01/x:2", "00/label:1 01/label:2", null),
        pairs("x/part1:1 x/part2:2", "label/1:1 label/2:2", null),
        pairs("x-00:1 x-01:2", "label:3", null),
        pairs("x-00:1 x-01:2", "label:4", "x has 3 rows in 2 files, and "));
  }

  private static Arguments pairs(String inputs, String labels, @Nullable String says) {
    return Arguments.of(inputs, labels, says);
  }

  @ParameterizedTest(name = "{0}; {1}")
  @MethodSource("pairs")
  @DisplayName("whose tensors have files of their own pairs those that their names and rows pair")
  void pairsFiles(String inputs, String labels, @Nullable String says) {
    for (String input : inputs.split(" ", -1)) {
      String[] file = input.split(":", -1);
      write(folder.resolve(file[0] + ".safetensors"), rows("x", Integer.parseInt(file[1])));
    }
    for (String label : labels.split(" ", -1)) {
      String[] file = label.split(":", -1);
      write(folder.resolve(file[0] + ".safetensors"), labels(Integer.parseInt(file[1]), 2));
    }
    if (says == null) {
      LabelledSamples train = requireNonNull(read(NOTHING_SAID).train());
      assertThat(train.count()).isBetween(2, 3);
    } else {
      refuse(NOTHING_SAID, says);
    }
  }

  @Test
  @DisplayName("that has the same in two formats is refused with both files")
  void isReadOnce() throws IOException {
    Path one = write(folder.resolve("train.safetensors"), rows("x", 4), labels(4, 2));
    Path other = Files.copy(one, folder.resolve("train.npz"));
    refuse(NOTHING_SAID, other + " and " + one + " are called alike but for their endings");
  }

  @Test
  @DisplayName("of .npy files names a tensor by its file, less its part and its number")
  void namesByFile() {
    assertThat(
            Stream.of(
                    "x.npy",
                    "x_train.npy",
                    "train-x-003.npy",
                    "x_1.npy",
                    "mfcc.train.00.npy",
                    "train.npy",
                    "ts.npy",
                    "left_eye-test.npy")
                .map(name -> TensorTable.nameOf(Path.of(name))))
        .containsExactly("x", "x", "x", "x_1", "mfcc", "train", "ts", "left_eye");
  }

  @Test
  @DisplayName("has several inputs, those that are asked for in their order, and says what is left")
  void hasSeveralInputs() throws IOException {
    write(
        folder.resolve("a.safetensors"),
        rows("one", 4),
        rows("two", 4),
        rows("id", 4),
        longs("y", 0, 1, 2, 0));
    Files.writeString(folder.resolve("names.txt"), "cat\ndog\nbird\n");
    ImageFiles files =
        read(
            new Tensors(
                null,
                null,
                null,
                "y",
                List.of(new Input("two", null, null), new Input("one", List.of(1.0), List.of(2.0))),
                "names.txt"));
    LabelledSamples train = requireNonNull(files.train());
    assertThat(train.inputs()).extracting(SampleInput::name).containsExactly("two", "one");
    assertThat(values(train, 1)).containsExactly(-0.5f, 0f, 0.5f, 1f);
    assertThat(files.classNames()).containsExactly("cat", "dog", "bird");
    assertThat(files.remarks())
        .containsExactly("tensors that dataset.tensors.inputs does not name are not used: id");
  }

  @Test
  @DisplayName("is divided and shuffled as pictures of the same labels are")
  void isDividedAsPictures() throws IOException {
    write(folder.resolve("a.safetensors"), rows("x", 40), labels(40, 4));
    Path pictures = Files.createDirectory(folder.resolve("idx"));
    IdxFiles.write(pictures, "t10k", IdxFiles.images(40, 8, 8), IdxFiles.cyclicLabels(40, 4));
    var split = new Dataset.Split(0.25, 0.25, 3L);
    var limit = new Dataset.Limit(12, null, null);
    ImageData tensors = ImageData.read(folder, dataset(Dataset.Format.TENSORS, split, limit), 8);
    ImageData images = ImageData.read(pictures, dataset(Dataset.Format.IDX, split, limit), 8);
    for (int part = 0; part < 3; part++) {
      Part one = tensors.nonEmpty().get(part);
      Part other = images.nonEmpty().get(part);
      assertThat(Datasets.sources(one)).containsExactly(Datasets.sources(other));
      assertThat(one.shuffled(7, 2)).containsExactly(other.shuffled(7, 2));
    }
  }

  private static Dataset dataset(Dataset.Format format, Dataset.Split split, Dataset.Limit limit) {
    var nowhere = new Source(null, null, null, null);
    return new Dataset(format, nowhere, split, limit, null, null, null, null, null, null, null);
  }

  /** A change of a good folder, and words of its refusal. */
  static Stream<Arguments> bad() {
    List<Long> three = List.of(3L);
    return Stream.of(
        one("no label", f -> write(f, rows("x", 3)), "has no tensor label; it has x: say by"),
        one("only labels", f -> write(f, labels(3, 3)), "has no tensor besides label"),
        one(
            "labels as floats",
            f -> write(f, rows("x", 3), floats("label", three, 0, 1, 2)),
            "label has type F32, but labels are"),
        one(
            "labels as a column",
            f ->
                write(
                    f,
                    rows("x", 3),
                    bytes("label", ElementType.U8, List.of(3L, 1L), (byte) 0, (byte) 1, (byte) 0)),
            "save label.reshape(-1)"),
        one(
            "one-hot labels",
            f ->
                write(
                    f,
                    rows("x", 2),
                    bytes(
                        "label",
                        ElementType.U8,
                        List.of(2L, 2L),
                        (byte) 0,
                        (byte) 1,
                        (byte) 1,
                        (byte) 0)),
            "such as label.argmax(1)"),
        one("a negative label", f -> write(f, rows("x", 3), longs("label", 0, 1, -1)), "row 2 of "),
        one(
            "a label of a million",
            f -> write(f, rows("x", 3), longs("label", 0, 1, 1_000_000)),
            "is the label 1000000, but labels are 0 to 999999"),
        one(
            "fewer labels",
            f -> write(f, rows("x", 3), longs("label", 0, 1)),
            "x has 3 rows, and label beside it 2"),
        one(
            "inputs of two lengths",
            f -> write(f, rows("x", 3), rows("z", 4), labels(3, 2)),
            "has 4 rows, and x beside it 3"),
        one(
            "no rows",
            f -> write(f, floats("x", List.of(0L, 4L)), longs("label")),
            "label has no rows"),
        one(
            "rows of nothing",
            f -> write(f, floats("x", List.of(3L, 0L)), labels(3, 2)),
            "has rows of 0 bytes"),
        one(
            "a single number",
            f -> write(f, floats("x", List.of(), 4), labels(3, 2)),
            "x is a single number"),
        one(
            "a single class",
            f -> write(f, rows("x", 3), longs("label", 0, 0, 0)),
            "of one class only"),
        one("no file", f -> {}, "has no tensors; files that end in .safetensors, .npy or .npz"),
        one(
            "NaN",
            f -> write(f, floats("x", List.of(3L, 2L), 0, 1, 2, 3, Float.NaN, 5), labels(3, 2)),
            "row 2 of ",
            "a.safetensors, x cannot be trained or tested on: value 0 of [2] is NaN"),
        one(
            "infinity",
            f -> write(f, floats("x", three, 0, Float.NEGATIVE_INFINITY, 2), labels(3, 2)),
            "value 0 of [] is infinite"));
  }

  private static Arguments one(String name, Consumer<Path> made, String... says) {
    return Arguments.of(name, made, List.of(says));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  @DisplayName("that is not as expected is refused in a sentence with file and tensor")
  void isRefused(String name, Consumer<Path> made, List<String> says) {
    made.accept(folder.resolve("a.safetensors"));
    assertThatExceptionOfType(TrainingFailure.class)
        .isThrownBy(
            () -> {
              ImageFiles files = read(NOTHING_SAID);
              var split = new Dataset.Split(0.0, 0.34, 0L);
              ImageData.of(
                  files,
                  dataset(Dataset.Format.TENSORS, split, new Dataset.Limit(null, null, null)),
                  KnownParts.NONE,
                  Division.CURRENT);
              LabelledSamples samples = requireNonNull(files.train());
              values(samples, 0);
            })
        .satisfies(
            failure ->
                assertThat(failure.getMessage())
                    .contains(says)
                    .contains(folder.toString())
                    .doesNotContain("\n"));
  }

  @Test
  @DisplayName("whose files differ in a tensor's type, shape or names is refused")
  void mustAgree() {
    write(folder.resolve("train.safetensors"), rows("x", 3), labels(3, 2));
    Path test = folder.resolve("test.safetensors");
    write(test, floats("x", List.of(2L), 0, 1), labels(2, 2));
    refuse(
        NOTHING_SAID,
        "test.safetensors has rows of x: F32 [], but train.safetensors of x: F32 [1]; the files");
    write(test, rows("y", 2), labels(2, 2));
    refuse(NOTHING_SAID, "test.safetensors has no tensor x; it has ");
    write(test, rows("x", 2), longs("label", 0, 7));
    refuse(NOTHING_SAID, "row 1 of " + test + ", label is the label 7, but labels are 0 to 1");
    var both = new Tensors("{train,test}.safetensors", null, null, null, null, null);
    write(test, floats("x", List.of(2L), 0, 1), labels(2, 2));
    refuse(both, "all files of a tensor have the same");
  }

  @Test
  @DisplayName("of which something is asked that it has not is refused with the field")
  void mustHaveWhatIsAskedFor() throws IOException {
    write(
        folder.resolve("a.safetensors"),
        floats("x", List.of(2L, 3L), 0, 1, 2, 3, 4, 5),
        labels(2, 2));
    Files.writeString(folder.resolve("one.txt"), "cat\n");
    refuse(
        new Tensors("b.npy", null, null, null, null, null),
        "dataset.tensors.train: 1 of the 1 files");
    refuse(new Tensors(null, null, null, "y", null, null), "has no tensor y; it has ");
    refuse(
        new Tensors(null, null, null, null, List.of(new Input("z", null, null)), null),
        "has no tensor z; it has ");
    refuse(
        new Tensors(
            null,
            null,
            null,
            null,
            List.of(new Input("x", List.of(1.0, 2.0), List.of(1.0, 2.0))),
            null),
        "dataset.tensors.inputs: x has 3 channel(s)");
    refuse(new Tensors(null, null, null, null, null, "c.txt"), "dataset.tensors.classNames: ");
    refuse(
        new Tensors(null, null, null, null, null, "one.txt"),
        "is the label 1, but labels are 0 to 0");
  }

  private void refuse(Tensors asked, String says) {
    assertThatExceptionOfType(TrainingFailure.class)
        .isThrownBy(
            () -> {
              ImageFiles files = read(asked);
              ImageData.whole(files);
            })
        .withMessageContaining(says);
  }

  private ImageFiles read(Tensors asked) {
    return TensorFolder.read(folder, asked, ALL);
  }

  /** All values of an input that has one float in each row, or more. */
  private static float[] values(LabelledSamples samples, int input) {
    int bytes = samples.inputs().get(input).bytes();
    ByteBuffer all = ByteBuffer.allocate(samples.count() * bytes).order(ByteOrder.nativeOrder());
    for (int row = 0; row < samples.count(); row++) {
      samples.put(row, input, all, row * bytes);
    }
    float[] floats = new float[all.capacity() / Float.BYTES];
    all.asFloatBuffer().get(floats);
    return Arrays.copyOf(floats, floats.length);
  }
}
