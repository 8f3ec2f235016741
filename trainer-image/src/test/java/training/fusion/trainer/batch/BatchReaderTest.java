package training.fusion.trainer.batch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.format.PixelSegments;
import training.fusion.trainer.sample.StoredImages;

@DisplayName("A pass over the images")
class BatchReaderTest {
  private final Part part = part(103);

  @Test
  void givesEveryImageOnceInTheOrderAskedFor() throws InterruptedException {
    int[] order = part.shuffled(1, 0);
    try (var reader = new BatchReader(part, BatchPlan.of(103, 8, 2))) {
      reader.begin(order, 0);
      assertThat(read(reader)).containsExactlyElementsOf(boxed(order));
      assertThat(Arrays.stream(order).sorted().toArray()).isEqualTo(part.inOrder());
    }
  }

  @Test
  void goesOnInTheMiddleAsIfItHadNotStopped() throws InterruptedException {
    int[] order = part.shuffled(1, 4);
    try (var reader = new BatchReader(part, BatchPlan.of(103, 8, 2))) {
      reader.begin(order, 5);
      assertThat(read(reader)).containsExactlyElementsOf(boxed(order).subList(40, 103));
    }
  }

  @Test
  void usesItsBuffersAgainInPassAfterPass() throws InterruptedException {
    try (var reader = new BatchReader(part, BatchPlan.of(103, 8, 2))) {
      var buffers = new java.util.HashSet<Integer>();
      for (int epoch = 0; epoch < 5; epoch++) {
        reader.begin(part.shuffled(1, epoch), 0);
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
          buffers.add(System.identityHashCode(batch.pixels()));
          assertThat(batch.pixels().isDirect()).isTrue();
          batch.close();
        }
      }
      assertThat(buffers).hasSizeLessThanOrEqualTo(4);
    }
  }

  @Test
  void letsTwoBatchesBeHeldAtOnce() throws InterruptedException {
    try (var reader = new BatchReader(part, BatchPlan.of(103, 60, 2))) {
      reader.begin(part.inOrder(), 0);
      Batch first = requireNonNull(reader.next());
      Batch second = requireNonNull(reader.next());
      assertThat(first.size()).isEqualTo(60);
      assertThat(second.size()).isEqualTo(43);
      assertThat(first.label(0)).isEqualTo(0);
      assertThat(second.label(0)).isEqualTo(60);
      assertThat(reader.next()).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "50000, 128, 391, 0",
    "100, 50, 2, 0",
    "101, 50, 2, 1",
    "102, 50, 3, 0",
    "7, 128, 1, 0"
  })
  void isCutIntoFullBatchesAndARestThatBatchNormCanTake(
      int images, int batchSize, int batches, int leftOut) {
    BatchPlan plan = BatchPlan.of(images, batchSize, 2);
    assertThat(plan.batches()).isEqualTo(batches);
    assertThat(plan.leftOut()).isEqualTo(leftOut);
    int sum = 0;
    for (int batch = 0; batch < batches; batch++) {
      sum += plan.sizeOf(batch);
    }
    assertThat(sum + leftOut).isEqualTo(images);
  }

  @Test
  void ofBatchesTooSmallForBatchNormIsRefused() {
    assertThatThrownBy(() -> BatchPlan.of(100, 1, 2))
        .hasMessage("training.batchSize is 1, but batch norm needs at least 2 images");
    assertThatThrownBy(() -> BatchPlan.of(1, 8, 2))
        .hasMessageStartingWith(
            "there are 1 image(s) to train on, but batch norm needs at least 2");
  }

  private static List<Integer> read(BatchReader reader) throws InterruptedException {
    var images = new ArrayList<Integer>();
    for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
      assertThat(batch.pixels().remaining()).isEqualTo(batch.size() * 4);
      assertThat(batch.labels().remaining()).isEqualTo(batch.size() * 8);
      for (int i = 0; i < batch.size(); i++) {
        assertThat(Byte.toUnsignedInt(batch.pixels().get(i * 4 + 3))).isEqualTo(batch.label(i));
        images.add(batch.label(i));
      }
      batch.close();
    }
    return images;
  }

  private static List<Integer> boxed(int[] order) {
    return Arrays.stream(order).boxed().toList();
  }

  /** Images of 2×2 pixels, each filled with its number, which is its label too. */
  private static Part part(int count) {
    byte[] pixels = new byte[count * 4];
    int[] labels = new int[count];
    int[] images = new int[count];
    for (int i = 0; i < count; i++) {
      Arrays.fill(pixels, i * 4, i * 4 + 4, (byte) i);
      labels[i] = i;
      images[i] = i;
    }
    return new Part(
        new StoredImages(Path.of("test"), 1, 2, 2, PixelSegments.of(pixels, 4), labels), images);
  }
}
