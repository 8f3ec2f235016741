package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.format.ImageFiles;

@DisplayName("A data set that has changed since it was divided")
class KnownPartsTest {
  private static final Dataset.Split TENTHS = new Dataset.Split(0.1, 0.1, 0L);

  private final Path folder;

  KnownPartsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  @DisplayName("by three pictures among 300 is otherwise divided, and that is told in numbers")
  void threeAmong300() throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      names.add("c%d/%03d.png".formatted(i % 3, i));
    }
    touch(names);
    ImageData before = divided(TENTHS, null, KnownParts.NONE);
    touch(List.of("c0/000a.png", "c1/000a.png", "c2/000a.png"));
    ImageData anew = divided(TENTHS, null, KnownParts.NONE);

    PictureList list = PictureList.of(before);
    assertThat(list.difference(PictureList.of(anew)))
        .startsWith("3 are new (such as c0/000a.png)")
        .containsPattern("\\d{2,3} would be in another part \\(.*from train to test");
    assertThat(DatasetDigest.of(before).difference(DatasetDigest.of(anew)))
        .isEqualTo(
            "train has 243 pictures and had 240, validation has other pictures, test has other pictures");

    ImageData kept = divided(TENTHS, null, list.parts());
    assertThat(list.difference(PictureList.of(kept))).isEqualTo("3 are new (such as c0/000a.png)");
    assertThat(kept.train().count()).isEqualTo(243);
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Integer.getInteger("campaign.rounds", 20));
  }

  /** Pictures come and go, with every sort of split and limit: none that stays changes its part. */
  @ParameterizedTest
  @MethodSource("seeds")
  @DisplayName("has every picture that is still there in its part, and each picture in one part")
  void keptWhateverChanges(long seed) throws IOException {
    var random = new Random(seed);
    boolean ownParts = seed % 3 == 0;
    List<String> names = new ArrayList<>();
    for (String part : ownParts ? List.of("train/", "val/", "test/") : List.of("")) {
      for (int c = 0; c < 3; c++) {
        for (int i = 0; i < 12 + random.nextInt(30); i++) {
          names.add("%sc%d/%03d.png".formatted(part, c, random.nextInt(100_000)));
        }
      }
    }
    touch(names);
    var split =
        new Dataset.Split(
            ownParts ? null : random.nextBoolean() ? 0.2 : 0, ownParts ? null : 0.3, seed);
    var limit = random.nextBoolean() ? new Dataset.Limit(20, 5, 8) : null;
    PictureList before = PictureList.of(divided(split, limit, KnownParts.NONE));

    assertThat(PictureList.of(divided(split, limit, before.parts())))
        .as("unchanged, it is divided as it was")
        .isEqualTo(before);
    List<String> all = new ArrayList<>(new HashSet<>(names));
    Collections.shuffle(all, random);
    for (String name : all.subList(0, 4)) {
      Files.delete(folder.resolve(name));
    }
    List<String> more = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      more.add(all.get(10 + i).replace(".png", "-%d.png".formatted(i)));
    }
    touch(more);
    Map<String, String> was = parts(before);
    Map<String, String> is = parts(PictureList.of(divided(split, limit, before.parts())));

    was.forEach(
        (name, part) -> {
          if (Files.exists(folder.resolve(name))) {
            assertThat(is.get(name)).as(name).isEqualTo(part);
          } else {
            assertThat(is).doesNotContainKey(name);
          }
        });
    if (limit == null) {
      assertThat(is.keySet()).containsAll(more);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, true", "true, false", "true, true"})
  @DisplayName(
      "of IDX files knows its images by what they look like, packed or not, wherever they are")
  void idxImages(boolean packed, boolean inFront) throws IOException {
    IdxFiles.write(folder, "train", IdxFiles.images(60, 4, 4), IdxFiles.cyclicLabels(60, 3));
    ImageData before = idx();
    PictureList list = PictureList.of(before);
    int more = inFront ? 3 : 0;
    byte[] values = new byte[(60 + more) * 16];
    byte[] labels = new byte[60 + more];
    for (int i = 0; i < 60 + more; i++) {
      int image = inFront ? (i < more ? 200 + i : i - more) : i;
      Arrays.fill(values, i * 16, i * 16 + 16, (byte) image);
      labels[i] = (byte) (image % 3);
    }
    write("train-images-idx3-ubyte", IdxFiles.bytes(0x0803, values, 60 + more, 4, 4), packed);
    write("train-labels-idx1-ubyte", IdxFiles.bytes(0x0801, labels, 60 + more), packed);

    ImageData now =
        ImageData.of(
            files(Dataset.Format.IDX), dataset(TENTHS, null), list.parts(), Division.CURRENT);
    assertThat(list.difference(PictureList.of(now)))
        .isEqualTo(inFront ? "3 are new (such as %s)".formatted(firstNew(list, now)) : "");
    if (!inFront) {
      assertThat(DatasetDigest.of(idx())).isEqualTo(DatasetDigest.of(before));
    }
  }

  @Test
  @DisplayName("in an image's label is another one, and the image is named")
  void relabelled() throws IOException {
    IdxFiles.write(folder, "train", IdxFiles.images(60, 4, 4), IdxFiles.cyclicLabels(60, 3));
    PictureList before = PictureList.of(idx());
    byte[] labels = IdxFiles.cyclicLabels(60, 3);
    labels[8] = 1; // the first image's; the header has eight bytes
    IdxFiles.write(folder, "train", IdxFiles.images(60, 4, 4), labels);
    ImageData now =
        ImageData.of(
            files(Dataset.Format.IDX), dataset(TENTHS, null), before.parts(), Division.CURRENT);
    assertThat(before.difference(PictureList.of(now)))
        .matches("1 have another class \\([0-9a-f]{24}, 0 then and 1 now\\)");
  }

  @Test
  @DisplayName("by equal images has each of them once")
  void equalImages() throws IOException {
    IdxFiles.write(
        folder,
        "train",
        IdxFiles.bytes(0x0803, new byte[60 * 16], 60, 4, 4),
        IdxFiles.cyclicLabels(60, 3));
    ImageData data = idx();
    assertThat(parts(PictureList.of(data))).hasSize(60);
    assertThat(
            PictureList.of(
                ImageData.of(
                    files(Dataset.Format.IDX),
                    dataset(TENTHS, null),
                    PictureList.of(data).parts(),
                    Division.CURRENT)))
        .isEqualTo(PictureList.of(data));
  }

  @Test
  @DisplayName("by a folder to validate on, where that was drawn before, is refused")
  void validationOfItsOwn() throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      names.add("train/c%d/%03d.png".formatted(i % 2, i));
    }
    touch(names);
    touch(List.of("test/c0/a.png", "test/c1/b.png"));
    var split = new Dataset.Split(null, null, 0L);
    PictureList before = PictureList.of(divided(split, null, KnownParts.NONE));
    touch(List.of("val/c0/a.png", "val/c1/b.png"));
    assertThatThrownBy(() -> divided(split, null, before.parts()))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("has validation pictures of its own now");
  }

  @Test
  @DisplayName("in the order of its classes has each picture under its class by name")
  void byName() throws IOException {
    touch(List.of("Bee/1.png", "Bee/2.png", "Bee/3.png", "ant/1.png", "ant/2.png", "ant/3.png"));
    ImageData read = divided(new Dataset.Split(0.0, 0.4, 0L), null, KnownParts.NONE);
    assertThat(read.classNames()).containsExactly("Bee", "ant");
    ImageData named = requireNonNull(read.named(List.of("ant", "Bee", "wasp")));
    for (Part part : List.of(named.train(), named.test())) {
      for (int i = 0; i < part.count(); i++) {
        String name = part.source().name(part.image(i));
        assertThat(named.classNames().get(part.label(i))).isEqualTo(name.replaceAll("/.*", ""));
      }
    }
    assertThat(read.named(List.of("ant", "bee"))).isNull();
  }

  private static String firstNew(PictureList before, ImageData now) {
    Set<String> known = parts(before).keySet();
    return parts(PictureList.of(now)).keySet().stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, String> parts(PictureList list) {
    Map<String, String> parts = new LinkedHashMap<>();
    put(parts, "train", list.train());
    put(parts, "validation", list.validation() == null ? Map.of() : list.validation());
    put(parts, "test", list.test());
    return parts;
  }

  private static void put(Map<String, String> parts, String part, Map<String, List<String>> list) {
    list.values()
        .forEach(
            names ->
                names.forEach(
                    name -> assertThat(parts.put(name, part)).as(name + " twice").isNull()));
  }

  private ImageData idx() {
    return ImageData.of(
        files(Dataset.Format.IDX), dataset(TENTHS, null), KnownParts.NONE, Division.CURRENT);
  }

  private ImageData divided(Dataset.Split split, Dataset.@Nullable Limit limit, KnownParts known) {
    return ImageData.of(
        files(Dataset.Format.IMAGE_FOLDER), dataset(split, limit), known, Division.CURRENT);
  }

  private ImageFiles files(Dataset.Format format) {
    return Datasets.files(folder, format);
  }

  private static Dataset dataset(Dataset.Split split, Dataset.@Nullable Limit limit) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("format", Dataset.Format.IMAGE_FOLDER); // files are read before
    fields.put("split", split);
    fields.put("limit", limit);
    return new ObjectMapper().convertValue(fields, Dataset.class);
  }

  /** Files that are never opened. */
  private void touch(List<String> names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(requireNonNull(file.getParent()));
      Files.write(file, new byte[0]);
    }
  }

  private void write(String name, byte[] bytes, boolean packed) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
    Files.write(
        folder.resolve(packed ? name + ".gz" : name), packed ? IdxFiles.gzip(bytes) : bytes);
  }

  @Test
  @DisplayName("in the form of its names alone is told so")
  void respelled() {
    Map<String, List<String>> test = Map.of("a", List.of("a/x.png"));
    var before = new PictureList(Map.of("a", List.of("a/\u00e9.png", "a/b.png")), null, test);
    var now = new PictureList(Map.of("a", List.of("a/e\u0301.png", "a/b.png")), null, test);
    assertThat(before.difference(now))
        .startsWith("1 are new")
        .endsWith(
            "1 of the new names are those of gone ones, with letters in another of Unicode's forms");
  }
}
