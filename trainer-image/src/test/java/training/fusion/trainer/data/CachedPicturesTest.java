package training.fusion.trainer.data;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Pictures that are decoded once")
class CachedPicturesTest {
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
    ImageData cached = read().cachedIn(scratch, false);

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
    ImageData cached = read().cachedIn(scratch, false);
    DamagedPictures damaged = DamagedPictures.find(cached, (done, all) -> {});
    assertThat(damaged.names()).containsExactly("a/damaged.png");
    for (String name : names(cached.train())) {
      Files.delete(folder.resolve(name));
    }

    assertThat(batches(cached.without(damaged.names()).train(), 1)).isEqualTo(whole);
  }

  @Test
  void areNotThoseThatAreCutAtRandom() throws IOException {
    ImageData cached = read().cachedIn(scratch, true);
    DamagedPictures.find(cached, (done, all) -> {});
    Part train = cached.train();
    Files.delete(folder.resolve(train.source().name(train.image(0))));
    var pixels = ByteBuffer.allocate(train.source().imageBytes());
    assertThatThrownBy(() -> train.source().put(train.image(0), pixels, 0))
        .hasMessageContaining("was there and is gone");
    Part test = cached.test();
    Files.delete(folder.resolve(test.source().name(test.image(0))));
    test.source().put(test.image(0), pixels, 0);
  }

  @Test
  void leaveNothingInTheFolder() throws IOException, InterruptedException {
    ImageData cached = read().cachedIn(scratch, false);
    batches(cached.train(), 1);
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void areDecodedAnewWhereThereIsNoRoom() {
    int images = 100_000_000; // of 1 GiB each
    assertThat(PictureCache.create(scratch, images, 1 << 30)).isNull();
  }

  @Test
  void areFoundInWhicheverSegmentOfTheFileTheyLie() throws IOException {
    Path path = scratch.resolve("pictures");
    try (var file = FileChannel.open(path, CREATE, READ, WRITE)) {
      PixelSegments mapped = PixelSegments.map(file, 5, 4, 10); // two in a segment
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 4 * 4);
      assertThat(mapped.bytes()).isEqualTo(20).isEqualTo(Files.size(path));
      assertThat(mapped.get(4)).containsExactly(1, 2, 3, 4);
      assertThat(mapped.get(3)).containsOnly(0);
    }
  }

  private ImageData read() {
    return ImageData.read(folder, PictureFolderTest.dataset(0.1, 0.1), 40);
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

  private static List<ByteBuffer> batches(Part part, int epoch) throws InterruptedException {
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
