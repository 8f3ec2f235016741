package training.fusion.trainer.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.cli.SmallDisk;
import training.fusion.trainer.data.DamagedPictures;
import training.fusion.trainer.data.Datasets;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.data.PictureRoom;
import training.fusion.trainer.format.PixelSegments;

@Tag("process")
@DisplayName("Pictures that are decoded once")
public class CachedPicturesTest {
  private final Path folder;
  private final Path scratch;

  CachedPicturesTest(@TempDir Path folder, @TempDir Path scratch) {
    this.folder = folder;
    this.scratch = scratch;
  }

  @BeforeEach
  void pictures() throws IOException {
    PictureCopies.write(folder.resolve("a"), 20);
    PictureCopies.write(folder.resolve("b"), 20);
  }

  @Test
  void giveTheSameBatchesInEveryEpochAlsoWhenTheFilesAreGone()
      throws IOException, InterruptedException {
    List<ByteBuffer> first = batches(read().train(), 1);
    List<ByteBuffer> second = batches(read().train(), 2);
    ImageData cached = read().cachedIn(new PictureRoom(scratch, null, 0), false);

    assertThat(batches(cached.train(), 1)).isEqualTo(first);
    for (String name : names(cached.train())) {
      Files.delete(folder.resolve(name));
    }
    assertThat(batches(cached.train(), 2)).isEqualTo(second);
  }

  @Test
  void areKeptByTheSearchForDamage() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("a/damaged.png"), "no picture");
    List<ByteBuffer> whole = batches(read().without(Set.of("a/damaged.png")).train(), 1);
    ImageData cached = read().cachedIn(new PictureRoom(scratch, null, 0), false);
    DamagedPictures damaged = DamagedPictures.find(cached, (done, all) -> {});
    assertThat(damaged.names()).containsExactly("a/damaged.png");
    for (String name : names(cached.train())) {
      Files.delete(folder.resolve(name));
    }

    assertThat(batches(cached.without(damaged.names()).train(), 1)).isEqualTo(whole);
  }

  @Test
  void areNotThoseThatAreCutAtRandom() throws IOException {
    ImageData cached = read().cachedIn(new PictureRoom(scratch, null, 0), true);
    DamagedPictures.find(cached, (done, all) -> {});
    Part train = cached.train();
    Files.delete(folder.resolve(train.source().name(train.image(0))));
    var pixels = ByteBuffer.allocate(train.source().inputs().get(0).bytes());
    assertThatThrownBy(() -> train.source().put(train.image(0), 0, pixels, 0))
        .hasMessageContaining("was there and is gone");
    Part test = cached.test();
    Files.delete(folder.resolve(test.source().name(test.image(0))));
    test.source().put(test.image(0), 0, pixels, 0);
  }

  @Test
  void leaveNothingInTheFolder() throws IOException, InterruptedException {
    ImageData cached = read().cachedIn(new PictureRoom(scratch, null, 0), false);
    batches(cached.train(), 1);
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  @EnabledOnOs(
      value = OS.LINUX,
      disabledReason = "a small file system is mounted, as Linux does it")
  void areAsManyAsHaveRoomThoseToValidateOnFirst() throws IOException, InterruptedException {
    int room = 10;
    long bytes =
        2L * room * PictureCache.slotBytes(read().train().source().inputs().get(0).bytes());
    try (SmallDisk disk = mount(bytes)) {
      ImageData cached = read().cachedIn(new PictureRoom(disk.root(), null, 0), false);
      assertSameAsUncached(cached);
      assertThat(kept(cached.validation())).isEqualTo(cached.validation().count()).isPositive();
      assertThat(kept(cached.train())).isPositive().isLessThan(cached.train().count());
      assertThat(kept(cached.test())).isZero();
      assertSameAsUncached(cached);
    }
  }

  @Test
  @EnabledOnOs(
      value = OS.LINUX,
      disabledReason = "a small file system is mounted, as Linux does it")
  void areKeptOnADiskThatFillsAndTheOthersAreDecoded() throws IOException, InterruptedException {
    try (SmallDisk disk = mount(1 << 20)) {
      ImageData cached = read().cachedIn(new PictureRoom(disk.root(), null, 0), false);
      batches(cached.validation(), 1);
      Path ballast = disk.root().resolve("ballast");
      assertThatThrownBy(() -> Files.write(ballast, new byte[2 << 20]))
          .isInstanceOf(IOException.class);

      assertSameAsUncached(cached);
      assertThat(kept(cached.validation())).isEqualTo(cached.validation().count()).isPositive();
      assertThat(kept(cached.train())).isZero();
      Files.delete(ballast);
      assertSameAsUncached(cached);
    }
  }

  @Test
  void areFoundInWhicheverSegmentTheyLie() throws IOException {
    byte[] bytes = new byte[20];
    bytes[16] = 7;
    var stream = new ByteArrayInputStream(bytes);
    PixelSegments read = PixelSegments.read(stream, 5, 4, 10); // two in a segment
    assertThat(read.bytes()).isEqualTo(20);
    assertThat(read.get(4)).containsExactly(7, 0, 0, 0);
    assertThat(read.get(3)).containsOnly(0);
  }

  private SmallDisk mount(long bytes) {
    try {
      return SmallDisk.mount(scratch.resolve("disk"), bytes);
    } catch (IOException e) {
      return abort(e.getMessage());
    }
  }

  private void assertSameAsUncached(ImageData cached) throws InterruptedException {
    ImageData plain = read();
    assertThat(batches(cached.train(), 1)).isEqualTo(batches(plain.train(), 1));
    assertThat(batches(cached.validation(), 1)).isEqualTo(batches(plain.validation(), 1));
    assertThat(batches(cached.test(), 1)).isEqualTo(batches(plain.test(), 1));
  }

  public static int kept(Part part) {
    var images = (CachedPictures) part.source();
    return (int) Arrays.stream(part.inOrder()).filter(i -> images.has(part.image(i))).count();
  }

  private ImageData read() {
    return ImageData.read(folder, Datasets.pictures(0.1, 0.1), 40);
  }

  private static List<String> names(Part part) {
    var names = new ArrayList<String>();
    for (int position = 0; position < part.count(); position++) {
      String name = part.source().name(part.image(position));
      if (!name.equals("a/damaged.png")) {
        names.add(name);
      }
    }
    return names;
  }

  static List<ByteBuffer> batches(Part part, int epoch) throws InterruptedException {
    var batches = new ArrayList<ByteBuffer>();
    try (var reader = new BatchReader(part, new BatchPlan(part.count(), 8, 1))) {
      reader.begin(part.shuffled(3, epoch), 0);
      for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
        var copy = ByteBuffer.allocate(batch.pixels().remaining());
        batches.add(copy.put(batch.pixels().duplicate()).flip());
        batch.close();
      }
    }
    return batches;
  }
}
