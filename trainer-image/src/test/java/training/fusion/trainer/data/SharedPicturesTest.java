package training.fusion.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.CachedPicturesTest;
import training.fusion.trainer.sample.PictureCache;

@Tag("process")
@DisplayName("Decoded pictures that trainings share")
class SharedPicturesTest {
  private static final int SIZE = 40;
  private static final long PLENTY = 1L << 30;

  private final Path folder;
  private final Path scratch;
  private final Path shared;

  SharedPicturesTest(@TempDir Path folder, @TempDir Path scratch, @TempDir Path shared) {
    this.folder = folder;
    this.scratch = scratch;
    this.shared = shared;
  }

  /**
   * Links to files that nobody has changed for some time: those that were just made don't count.
   */
  @BeforeEach
  void pictures() throws IOException {
    for (String name : List.of("a", "b")) {
      Files.createDirectories(folder.resolve(name));
      try (Stream<Path> files = Files.list(PictureCopies.FOLDER)) {
        for (Path file : files.filter(f -> !f.toString().endsWith(".json")).toList()) {
          link(folder.resolve(name).resolve(file.getFileName()), file);
        }
      }
    }
  }

  @AfterEach
  void links() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isSymbolicLink).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  @DisplayName("are decoded by the first alone, and the same bytes for the second")
  void second() throws Exception {
    assertThat(PictureProcess.output(start(SIZE, PLENTY))).isEqualTo(uncached(SIZE));
    ImageData second = cached(SIZE);
    assertThat(kept(second)).isEqualTo(pictures(second)).isPositive();
    assertThat(PictureProcess.digest(second)).isEqualTo(uncached(SIZE));
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  @DisplayName("are the same for two that write at once")
  void atOnce() throws Exception {
    Process one = start(SIZE, PLENTY);
    Process other = start(SIZE, PLENTY);
    assertThat(PictureProcess.output(one)).isEqualTo(uncached(SIZE));
    assertThat(PictureProcess.output(other)).isEqualTo(uncached(SIZE));
    ImageData third = cached(SIZE);
    assertThat(kept(third)).isEqualTo(pictures(third));
    assertThat(files()).hasSize(1);
  }

  @Test
  @DisplayName("are not those of a file that was replaced")
  void replaced() throws Exception {
    PictureProcess.digest(cached(SIZE));
    Path replaced = folder.resolve("a/000-jpeg-420.jpg");
    link(replaced, PictureCopies.FOLDER.resolve("001-jpeg-444.jpg"));
    ImageData second = cached(SIZE);
    assertThat(kept(second)).isEqualTo(pictures(second) - 1);
    assertThat(PictureProcess.digest(second)).isEqualTo(uncached(SIZE));
    ImageData third = cached(SIZE);
    assertThat(kept(third)).isEqualTo(pictures(third));
  }

  @Test
  @DisplayName("are not what a cut or damaged file has in their place")
  void damaged() throws Exception {
    PictureProcess.digest(cached(SIZE));
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    var random = new Random(26);
    for (int round = 0; round < 12; round++) {
      byte[] changed = whole.clone();
      int slot = (int) PictureCache.slotBytes(SIZE * SIZE * 3);
      switch (round % 4) {
        case 0 -> changed[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> changed = Arrays.copyOf(whole, random.nextInt(whole.length));
        case 2 -> // a picture in another's place
            System.arraycopy(whole, 0, changed, slot * (1 + random.nextInt(20)), slot);
        default -> // a half-written one
            System.arraycopy(whole, slot, changed, 0, random.nextInt(8, slot));
      }
      Files.write(file, changed);
      ImageData data = cached(SIZE);
      assertThat(kept(data)).isLessThan(pictures(data));
      assertThat(PictureProcess.digest(data)).as("round %d", round).isEqualTo(uncached(SIZE));
    }
  }

  @Test
  @DisplayName("lie in another file for whatever makes their bytes others")
  void keys() throws IOException {
    Set<String> digests = new HashSet<>();
    int asked = 0;
    for (int size : new int[] {SIZE, SIZE + 1}) {
      for (var mode : Dataset.Resize.Mode.values()) {
        for (var interpolation : Dataset.Resize.Interpolation.values()) {
          var framing = new Framing(mode, interpolation, size);
          digests.add(wanted(framing, false).digest());
          digests.add(wanted(framing, true).digest());
          asked += 2;
        }
      }
    }
    assertThat(digests).hasSize(asked);
    var framing = Framing.of(null, SIZE);
    Files.delete(folder.resolve("a/000-jpeg-420.jpg"));
    digests.add(wanted(framing, false).digest());
    assertThat(digests).hasSize(asked + 1);
  }

  @Test
  @DisplayName("stay within a bound: those not used for longest go, and none that is in use")
  void bound() throws Exception {
    long two = 2 * 42 * PictureCache.slotBytes(48 * 48 * 3) + 1;
    String first = PictureProcess.output(start(SIZE, two));
    assertThat(first).isEqualTo(uncached(SIZE));
    Path oldest = files().get(0);
    Files.setLastModifiedTime(oldest, FileTime.fromMillis(1000));
    ImageData inUse = cached(44, two);
    assertThat(PictureProcess.digest(inUse)).isEqualTo(uncached(44));
    assertThat(files()).contains(oldest);

    assertThat(PictureProcess.output(start(48, two))).isEqualTo(uncached(48));
    assertThat(files()).hasSize(2).doesNotContain(oldest);
    assertThat(bytes()).isLessThanOrEqualTo(two);

    // no room beside what is in use: it makes do with what there is
    long little = pictures(inUse) * PictureCache.slotBytes(44 * 44 * 3);
    assertThat(PictureProcess.output(start(52, little))).isEqualTo(uncached(52));
    assertThat(bytes()).isLessThanOrEqualTo(little);
    assertThat(kept(inUse)).isEqualTo(pictures(inUse));
    assertThat(PictureProcess.digest(inUse)).isEqualTo(uncached(44));
  }

  @Test
  @DisplayName("are kept in scratch where the folder can't be used")
  void unusable() throws Exception {
    Files.createFile(shared.resolve("none"));
    ImageData data =
        ImageData.read(folder, Datasets.pictures(0.1, 0.1), SIZE)
            .cachedIn(new PictureRoom(scratch, shared.resolve("none"), PLENTY), false);
    assertThat(PictureProcess.digest(data)).isEqualTo(uncached(SIZE));
    assertThat(kept(data)).isEqualTo(pictures(data));
  }

  @Test
  @DisplayName("are kept once a later change of their file would show")
  void settled() {
    long now = System.currentTimeMillis() * 1_000_000;
    assertThat(new PictureStamp(1, 2, 0, now + 60_000_000_000L).isSettled()).isFalse();
    assertThat(new PictureStamp(1, 2, now, 0).isSettled()).isTrue();
  }

  @Test
  @DisplayName("have a bound that is a number of bytes, or the variable is named")
  void number() {
    assertThat(PictureRoom.of(Map.of("FUSION_PICTURES_BYTES", "1000")).bytes()).isEqualTo(1000);
    for (String wrong : List.of("", "-1", "5Gi", "1".repeat(19))) {
      assertThatThrownBy(() -> PictureRoom.of(Map.of("FUSION_PICTURES_BYTES", wrong)))
          .isInstanceOf(TrainingFailure.class)
          .hasMessageContaining("FUSION_PICTURES_BYTES is a number of bytes");
    }
  }

  private KeptPictures wanted(Framing framing, boolean cutsTrain) {
    Dataset dataset = Datasets.pictures(0.1, 0.1);
    ImageFiles files = ImageFiles.read(folder, dataset, framing, FolderReading.CURRENT);
    ImageData data = ImageData.of(files, dataset, KnownParts.NONE, Division.CURRENT);
    return KeptPictures.of(data, cutsTrain);
  }

  private Process start(int size, long bytes) throws IOException {
    return PictureProcess.start(folder, size, scratch, shared, bytes);
  }

  private ImageData cached(int size) {
    return cached(size, PLENTY);
  }

  private ImageData cached(int size, long bytes) {
    return ImageData.read(folder, Datasets.pictures(0.1, 0.1), size)
        .cachedIn(new PictureRoom(scratch, shared, bytes), false);
  }

  private String uncached(int size) throws InterruptedException, NoSuchAlgorithmException {
    return PictureProcess.digest(ImageData.read(folder, Datasets.pictures(0.1, 0.1), size));
  }

  private static int pictures(ImageData data) {
    return data.parts().mapToInt(Part::count).sum();
  }

  private static int kept(ImageData data) {
    return data.parts().mapToInt(CachedPicturesTest::kept).sum();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(shared)) {
      return new ArrayList<>(files.filter(f -> f.toString().endsWith(".pictures")).toList());
    }
  }

  private long bytes() throws IOException {
    long sum = 0;
    for (Path file : files()) {
      sum += Files.size(file);
    }
    return sum;
  }

  private static void link(Path link, Path file) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, file.toAbsolutePath());
  }
}
