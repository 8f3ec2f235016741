package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Dataset;
import training.fusion.api.Source;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.data.PictureRoom;
import training.fusion.trainer.listing.FolderIndex;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.CachedPicturesTest;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.Shuffle;
import training.fusion.trainer.shard.SampleFields;
import training.fusion.trainer.shard.ShardReader;

@DisplayName("A folder of shards")
class ShardFolderTest {
  private final Path folder;
  private final Path scratch;

  ShardFolderTest(@TempDir Path folder, @TempDir Path scratch) {
    this.folder = folder;
    this.scratch = scratch;
  }

  @Test
  @DisplayName("has the pictures and classes that the same files in class folders have")
  void hasWhatClassFoldersHave() throws IOException {
    List<Path> pictures = Shards.pictures();
    for (String label : List.of("cat", "dog")) {
      List<Path> half = pictures.subList(label.equals("cat") ? 0 : 7, label.equals("cat") ? 7 : 20);
      Shards.write(folder.resolve("shards/all-%s.tar".formatted(label)), label, half);
      for (Path file : half) {
        Path copy =
            folder.resolve("folders").resolve(label).resolve(requireNonNull(file.getFileName()));
        Files.createDirectories(requireNonNull(copy.getParent()));
        Files.copy(file, copy);
      }
    }
    LabelledImages shards =
        (LabelledImages) requireNonNull(read(folder.resolve("shards"), null).train());
    ImageFiles files =
        PictureFolder.read(
            folder.resolve("folders"),
            Framing.of(null, 32),
            FolderReading.CURRENT,
            FolderLayout.Asked.of(null),
            new Listing());
    LabelledImages folders = (LabelledImages) requireNonNull(files.train());
    assertThat(read(folder.resolve("shards"), null).classNames()).isEqualTo(files.classNames());
    assertThat(shards.count()).isEqualTo(20);
    for (int image = 0; image < shards.count(); image++) {
      assertThat(shards.label(image)).isEqualTo(folders.label(image));
      assertThat(end(shards.name(image))).isEqualTo(end(folders.name(image)));
      assertThat(pixels(shards, image)).as(shards.name(image)).isEqualTo(pixels(folders, image));
      assertThat(shards.glance(image)).isEqualTo(folders.glance(image));
      assertThat(shards.examine(image)).isEqualTo(folders.examine(image));
    }
  }

  private static String end(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "a-train-00.tar, a-val-00.tar, a-test-00.tar",
    "imagenet1k-train-0000.tar, imagenet1k-validation-00.tar, imagenet1k-test-0.tar",
    "train/0.tar, valid/0.tar, test/0.tar",
    "my_train_set/val/7.tar, x/validation-7.tar, x/testing-7.tar",
    "flowers-1.tar, flowers-val-1.tar, flowers-test-1.tar",
    "0.TAR, val/0.tar, test/0.tar",
  })
  @DisplayName("has the parts that its shards' names say")
  void hasThePartsOfItsNames(String train, String validation, String test) throws IOException {
    boolean trainIsVal = train.contains("/val/"); // the innermost name counts
    one(trainIsVal ? "my_train_set/7.tar" : train, "1", 0);
    one(validation, "0", 1);
    one(test, "1", 2);
    ImageFiles files = read(folder, null);
    assertThat(files.classNames()).containsExactly("0", "1");
    assertThat(requireNonNull(files.validation()).name(0)).startsWith(validation + "/");
    assertThat(requireNonNull(files.test()).name(0)).startsWith(test + "/");
    assertThat(files.remarks()).isEmpty();
  }

  @Test
  @DisplayName("has the parts that the spec names, in short, and nothing else is opened")
  void hasThePartsThatAreNamed() throws IOException {
    for (int i = 0; i < 12; i++) {
      one("x/set-%03d.tar".formatted(i), String.valueOf(i % 2), i);
    }
    Files.writeString(folder.resolve("x/set-012.tar"), "no tar");
    ImageFiles files =
        read(folder, shards("x/set-{000..009}.tar", "x/set-010.tar", "x/set-{011..011}.tar"));
    assertThat(requireNonNull(files.train()).count()).isEqualTo(10);
    assertThat(requireNonNull(files.validation()).name(0)).startsWith("x/set-010.tar/");
    assertThat(requireNonNull(files.test()).name(0)).startsWith("x/set-011.tar/");
    assertThatThrownBy(() -> read(folder, shards("x/set-{008..015}.tar", null, null)))
        .hasMessageContaining("dataset.shards.train: 3 of the 8 shards")
        .hasMessageContaining("x/set-013.tar, x/set-014.tar, x/set-015.tar");
    assertThatThrownBy(() -> read(folder, shards("x/set-000.tar", "x/set-{000..001}.tar", null)))
        .hasMessageContaining("x/set-000.tar is a shard of both dataset.shards.train and");
    assertThatThrownBy(() -> read(folder, shards("../set.tar", null, null)))
        .hasMessageContaining("leads out of the data set's folder");
    assertThatThrownBy(() -> read(folder, shards("x/{0..99999999}.tar", null, null)))
        .hasMessageContaining("stands for more than 1000000 names");
  }

  @Test
  @DisplayName("says which shards are missing between others, and what it holds beside them")
  void saysWhatIsMissing() throws IOException {
    one("set-1.tar", "0", 0);
    one("set-2.tar", "1", 1);
    one("set-5.tar", "1", 2);
    assertThat(read(folder, null).remarks())
        .containsExactly(
            "shards are not there, as their numbers tell: 2 of set-….tar between 1 and 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"set-train-1.tar.gz", "set.tgz", "x/set.tar.zst"})
  @DisplayName("with compressed shards is refused")
  void isNotCompressed(String name) throws IOException {
    one("set-train-0.tar", "0", 0);
    Files.createDirectories(requireNonNull(folder.resolve(name).getParent()));
    Files.createFile(folder.resolve(name));
    assertThatThrownBy(() -> read(folder, null))
        .hasMessageContaining(name + " is compressed")
        .hasMessageContaining("decompress it");
  }

  @Test
  @DisplayName("with shards of no part beside those to train on is refused")
  void isNotUnclear() throws IOException {
    one("a-train-0.tar", "0", 0);
    one("b-0.tar", "1", 1);
    assertThatThrownBy(() -> read(folder, null))
        .hasMessageContaining("a-train-0.tar is called as shards to train on are, and")
        .hasMessageContaining("set dataset.shards.train");
  }

  @Test
  @DisplayName("has classes by a file of names, by numbers from 0 on, or by sorted names")
  void hasClasses() throws IOException {
    one("set-0.tar", "2", 0);
    one("set-1.tar", "0", 1);
    assertThat(read(folder, null).classNames()).containsExactly("0", "1", "2");
    Files.writeString(folder.resolve("names.txt"), "\uFEFFtench\ngreat white shark\ncock\nhen\n\n");
    ImageFiles named = read(folder, named("names.txt"));
    assertThat(named.classNames()).containsExactly("tench", "great white shark", "cock", "hen");
    assertThat(requireNonNull(named.train()).label(0)).isEqualTo(2);
    one("set-2.tar", "hen", 2);
    assertThat(requireNonNull(read(folder, named("names.txt")).train()).label(2)).isEqualTo(3);
    assertThat(read(folder, null).classNames()).containsExactly("0", "2", "hen");
    one("set-3.tar", "4", 3);
    assertThatThrownBy(() -> read(folder, named("names.txt")))
        .hasMessageMatching(
            "the label of the member .* of .*set-3.tar is 4, which is no class of names.txt; .*");
    Files.writeString(folder.resolve("names.txt"), "a\nb\na\n");
    assertThatThrownBy(() -> read(folder, named("names.txt")))
        .hasMessageContaining("names.txt has the class a in line 1 and in line 3");
    Files.writeString(folder.resolve("names.txt"), "a\n\nb\n");
    assertThatThrownBy(() -> read(folder, named("names.txt")))
        .hasMessageContaining("names.txt, line 2 is empty");
    one("set-2.tar", "999999999", 2);
    assertThatThrownBy(() -> read(folder, null)).hasMessageContaining("has the label 999999999");
  }

  @Test
  @DisplayName("whose test pictures have another class is refused with the member")
  void hasNoOtherClassesToTestOn() throws IOException {
    one("train-0.tar", "cat", 0);
    one("train-1.tar", "dog", 1);
    one("test-0.tar", "cow", 2);
    assertThatThrownBy(() -> read(folder, null))
        .hasMessageContaining("test-0.tar is cow, which is no class of the training pictures")
        .hasMessageContaining("cat, dog");
  }

  @Test
  @DisplayName("is divided and limited as class folders are, each class with its share")
  void isDivided() throws IOException {
    many(10, 20);
    ImageData data = ImageData.read(folder, dataset(0.2, new Dataset.Limit(60, null, 20)), 32);
    assertThat(data.train().countByClass(10)).containsOnly(6);
    assertThat(data.validation().countByClass(10)).containsOnly(4);
    assertThat(data.test().countByClass(10)).containsOnly(2);
  }

  @Test
  @DisplayName("gives an epoch shard after shard, mixed within the buffer and by the seed alone")
  void givesAnOrder() throws IOException {
    many(8, 25);
    ImageFiles inOrder = read(folder, buffered(1));
    LabelledImages images = (LabelledImages) requireNonNull(inOrder.train());
    int[] all = IntStream.range(0, 200).toArray();
    int[] sequence = images.order(all, 7, 3);
    Set<Integer> shards = new HashSet<>();
    for (int begin = 0; begin < 200; begin += 25) {
      assertThat(sequence[begin] % 25).isZero();
      assertThat(shards.add(sequence[begin])).isTrue();
      for (int i = 1; i < 25; i++) {
        assertThat(sequence[begin + i]).isEqualTo(sequence[begin] + i);
      }
    }
    LabelledImages mixed = (LabelledImages) requireNonNull(read(folder, buffered(30)).train());
    int[] order = mixed.order(all, 7, 3);
    assertThat(order).isEqualTo(mixed.order(all, 7, 3)).isNotEqualTo(mixed.order(all, 7, 4));
    assertThat(order).isNotEqualTo(mixed.order(all, 8, 3)).containsExactlyInAnyOrder(all);
    int[] places = new int[200];
    IntStream.range(0, 200).forEach(i -> places[sequence[i]] = i);
    for (int i = 0; i < 200; i++) {
      assertThat(places[order[i]]).as("read before it is in the buffer").isLessThan(i + 30);
    }
    int[] some = IntStream.range(0, 200).filter(i -> i % 3 == 0).toArray();
    assertThat(Arrays.stream(mixed.order(some, 7, 3)).map(i -> some[i]))
        .containsExactlyInAnyOrder(Arrays.stream(some).boxed().toArray(Integer[]::new));
  }

  @Test
  @DisplayName("gives every order alike where the buffer holds all")
  void mixesWhole() {
    int[] first = new int[6];
    for (int epoch = 0; epoch < 6000; epoch++) {
      first[Shuffle.buffered(new int[] {0, 1, 2, 3, 4, 5}, 100, 1, epoch)[2]]++;
    }
    for (int count : first) { // 1000 ± 5 standard deviations
      assertThat(count).isBetween(856, 1144);
    }
  }

  @Test
  @DisplayName("gives the same batches from any one on, of more shards than may be open")
  void goesOnAtAnyBatch() throws IOException, InterruptedException {
    List<Path> pictures = Shards.pictures();
    for (int i = 0; i < 100; i++) {
      Shards.write(
          folder.resolve("set-%03d.tar".formatted(i)),
          String.valueOf(i % 2),
          pictures.subList(i % 20, i % 20 + 1));
    }
    Part train = ImageData.read(folder, dataset(0.1, null), 24).train();
    List<ByteBuffer> whole = batches(train, 0);
    for (int from : new int[] {1, 4, whole.size() - 1}) {
      assertThat(batches(ImageData.read(folder, dataset(0.1, null), 24).train(), from))
          .isEqualTo(whole.subList(from, whole.size()));
    }
    ImageData cached =
        ImageData.read(folder, dataset(0.1, null), 24)
            .cachedIn(new PictureRoom(scratch, null, 0), false);
    assertThat(batches(cached.train(), 0)).isEqualTo(whole);
    assertThat(CachedPicturesTest.kept(cached.train())).isEqualTo(cached.train().count());
    assertThat(batches(cached.train(), 0)).isEqualTo(whole);
  }

  @Test
  @DisplayName("is listed by what was kept of it, but for shards that have changed since")
  void isListedByWhatWasKept() throws IOException {
    one("set-0.tar", "0", 0);
    one("set-1.tar", "1", 1);
    one("other/set.tar", "7", 2); // what no stamp shows tells that the shard was not read
    Path file = folder.resolve("set-0.tar");
    Path other = Files.move(folder.resolve("other/set.tar"), scratch.resolve("set.tar"));
    var reader =
        new ShardReader(new SampleFields(null, null, null, Set.of("jpg"), List.of("label")));
    var known = new FolderIndex.KnownShard(PictureStamp.of(file), "\n\n", reader.read(other));
    var bytes = new ByteArrayOutputStream();
    new FolderIndex(FolderReading.CURRENT, Map.of(), Map.of("set-0.tar", known)).write(bytes);
    FolderIndex index = FolderIndex.read(new ByteArrayInputStream(bytes.toByteArray()));

    LabelledImages listed =
        (LabelledImages) requireNonNull(read(folder, null, listing(index)).train());
    assertThat(listed.label(0)).isEqualTo(7);
    assertThat(listed.name(0)).startsWith("set-0.tar/002-");
    assertThat(listed.label(1)).isEqualTo(1);
    Dataset.Shards otherFields =
        new Dataset.Shards(null, null, null, "jpg", null, null, null, null);
    assertThat(requireNonNull(read(folder, otherFields, listing(index)).train()).label(0)).isZero();
    one("set-0.tar", "3", 0);
    assertThat(requireNonNull(read(folder, null, listing(index)).train()).label(0)).isEqualTo(3);
    for (int i = 0; i < 100; i++) {
      byte[] damaged = bytes.toByteArray();
      damaged[new Random(i).nextInt(damaged.length)] ^= (byte) (1 << i % 8);
      try {
        assertThat(FolderIndex.read(new ByteArrayInputStream(damaged)).size()).isEqualTo(1);
      } catch (IOException e) {
        assertThat(e).isNotNull(); // refused, as an index of folders is
      }
    }
  }

  private static Listing listing(FolderIndex index) {
    return new Listing(index, (names, folders) -> {});
  }

  @Test
  @DisplayName("that is cut or replaced while it is read ends the run with the shard's name")
  void isLeftAlone() throws IOException {
    one("set-0.tar", "0", 0);
    one("set-1.tar", "1", 1);
    LabelledImages images = (LabelledImages) requireNonNull(read(folder, null).train());
    one("set-0.tar", "0", 3);
    Files.setLastModifiedTime(folder.resolve("set-0.tar"), FileTime.fromMillis(1));
    assertThat(failure(images, 0))
        .hasMessageContaining("set-0.tar was changed since it was listed");
    Files.delete(folder.resolve("set-1.tar"));
    assertThat(failure(images, 1)).hasMessageContaining("set-1.tar was there and is gone");
  }

  private static TrainingFailure failure(LabelledImages images, int image) {
    return requireNonNull(
        catchThrowableOfType(TrainingFailure.class, () -> images.original(image)));
  }

  /** A shard with one picture. */
  private void one(String name, String label, int picture) throws IOException {
    Shards.write(folder.resolve(name), label, Shards.pictures().subList(picture, picture + 1));
  }

  /** Shards of one class each, whose members are no pictures. */
  private void many(int classes, int each) throws IOException {
    for (int label = 0; label < classes; label++) {
      List<Path> files = new ArrayList<>();
      for (int i = 0; i < each; i++) {
        files.add(Files.createFile(scratch.resolve("%d-%d.jpg".formatted(label, i))));
      }
      Shards.write(folder.resolve("set-%d.tar".formatted(label)), String.valueOf(label), files);
    }
  }

  private static List<ByteBuffer> batches(Part part, int from) throws InterruptedException {
    List<ByteBuffer> batches = new ArrayList<>();
    try (var reader = new BatchReader(part, new BatchPlan(part.count(), 8, 1))) {
      reader.begin(part.shuffled(3, 2), from);
      for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
        var copy = ByteBuffer.allocate(batch.pixels().remaining());
        batches.add(copy.put(batch.pixels().duplicate()).flip());
        batch.close();
      }
    }
    return batches;
  }

  private static byte[] pixels(LabelledImages images, int image) {
    byte[] bytes = new byte[images.imageBytes()];
    images.put(image, ByteBuffer.wrap(bytes), 0);
    return bytes;
  }

  private static ImageFiles read(Path folder, Dataset.@Nullable Shards shards) {
    return read(folder, shards, new Listing());
  }

  private static ImageFiles read(Path folder, Dataset.@Nullable Shards shards, Listing listing) {
    return ShardFolder.read(
        folder, shards, Framing.of(null, 32), FolderLayout.Asked.of(null), listing);
  }

  private static Dataset.Shards shards(
      String train, @Nullable String validation, @Nullable String test) {
    return new Dataset.Shards(train, validation, test, null, null, null, null, null);
  }

  private static Dataset.Shards named(String classNames) {
    return new Dataset.Shards(null, null, null, null, null, null, classNames, null);
  }

  private static Dataset.Shards buffered(int buffer) {
    return new Dataset.Shards(null, null, null, null, null, null, null, buffer);
  }

  private static Dataset dataset(double fraction, Dataset.@Nullable Limit limit) {
    return new Dataset(
        Dataset.Format.WEB_DATASET,
        new Source(null, null, null, null),
        new Dataset.Split(fraction, fraction, 0L),
        limit,
        null,
        null,
        null,
        null,
        null,
        buffered(16),
        null);
  }
}
