package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.api.Dataset.Resize.Mode;
import training.fusion.api.Training.Augmentation;
import training.fusion.api.TransformDefaults;
import training.fusion.api.Transforms;
import training.fusion.trainer.augmentation.PictureTransforms;
import training.fusion.trainer.augmentation.RandomErasing;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.format.PixelSegments;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.Picture.Box;
import training.fusion.trainer.picture.RandomResizedCrop;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.Shuffle;
import training.fusion.trainer.sample.StoredImages;

@DisplayName("An image that is changed at random")
class ChangedImagesTest {
  private static final int SIZE = 32;
  private static final Framing FRAMING = new Framing(Mode.SQUASH, Interpolation.BILINEAR, SIZE);
  private static final Transforms ALL =
      TransformDefaults.resolve(
          new Transforms(
              null,
              null,
              new Transforms.RandomFlip(null),
              new Transforms.RandAugment(null, null, null, null),
              null,
              new Transforms.ColorJitter(0.4, 0.4, 0.4, 0.1),
              new Transforms.RandomErasing(null, null, null, null),
              null,
              null));

  private final Part part = part(23);

  @Test
  @DisplayName("is the same in whichever batch and place, whatever was drawn before it")
  void dependsOnSeedEpochAndImageAlone() throws InterruptedException {
    for (Augmentation augmentation : Augmentation.values()) {
      PictureTransforms transforms =
          requireNonNull(PictureTransforms.of(augmentation, ALL, FRAMING));
      Map<Integer, String> whole = read(transforms, 23, part.inOrder(), 0, 7);
      Map<Integer, String> later = read(transforms, 5, part.shuffled(3, 4), 2, 7);
      assertThat(whole).hasSize(23).containsAllEntriesOf(later);
      assertThat(later).hasSize(13);
      Map<Integer, String> otherEpoch = read(transforms, 23, part.inOrder(), 0, 8);
      otherEpoch.entrySet().retainAll(whole.entrySet());
      assertThat(otherEpoch).hasSizeLessThan(3);
    }
  }

  @Test
  @DisplayName("is left to the network's program where only flips and moves are asked for")
  void flipsAndMovesAloneAreThePrograms() {
    Transforms none = new Transforms(null, null, null, null, null, null, null, null, null);
    assertThat(PictureTransforms.of(Augmentation.NONE, none, FRAMING)).isNull();
    assertThat(PictureTransforms.of(Augmentation.FLIP, none, FRAMING)).isNull();
    assertThat(PictureTransforms.of(Augmentation.FLIP_AND_CROP, none, FRAMING)).isNull();
    PictureTransforms cut =
        requireNonNull(PictureTransforms.of(Augmentation.RANDOM_RESIZED_CROP, none, FRAMING));
    assertThat(cut.complete()).isFalse();
    assertThat(requireNonNull(PictureTransforms.of(Augmentation.FLIP, ALL, FRAMING)).complete())
        .isTrue();
  }

  @Test
  @DisplayName("is never mirrored where the flip's probability is 0, always where it is 1")
  void aFlipCanBeTurnedOff() {
    Picture picture = ((LabelledImages) part.source()).original(3);
    Picture whole = FRAMING.apply(picture);
    assertThat(flipped(0, picture)).isEqualTo(whole);
    Picture mirrored = flipped(1, picture);
    assertThat(mirrored).isNotEqualTo(whole);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        assertThat(mirrored.samples()[3 * (y * SIZE + x)])
            .isEqualTo(whole.samples()[3 * (y * SIZE + SIZE - 1 - x)]);
      }
    }
  }

  private static Picture flipped(double probability, Picture picture) {
    List<Double> one = List.of(1.0, 1.0);
    var asked =
        new Transforms(
            new Transforms.RandomResizedCrop(one, one),
            new Transforms.RandomFlip(probability),
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return requireNonNull(
            PictureTransforms.of(
                Augmentation.RANDOM_RESIZED_CROP, TransformDefaults.resolve(asked), FRAMING))
        .apply(picture, new SplittableRandom(1)::nextLong);
  }

  /** Boxes of the release before scale and ratio could be chosen: old runs go on with the same. */
  @Test
  @DisplayName("is cut where earlier releases cut it, if nothing more is asked for")
  void oldRunsGoOn() {
    var crop = new RandomResizedCrop(SIZE, Interpolation.BILINEAR, 0.08, 1, 3 / 4.0, 4 / 3.0);
    List<Box> boxes =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    crop.draw(
                        new SplittableRandom(Shuffle.mixed(11, i))::nextLong, 200 + 40 * i, 300))
            .toList();
    assertThat(boxes)
        .containsExactly(
            new Box(8, 12, 188, 168),
            new Box(109, 80, 127, 108),
            new Box(13, 17, 218, 264),
            new Box(38, 1, 237, 296),
            new Box(182, 16, 150, 137),
            new Box(184, 146, 154, 137));
  }

  private Map<Integer, String> read(
      PictureTransforms transforms, int batchSize, int[] order, int firstBatch, long pass)
      throws InterruptedException {
    RandomErasing erasing = RandomErasing.of(requireNonNull(ALL.randomErasing()), SIZE);
    Map<Integer, String> images = new HashMap<>();
    try (var reader =
        new BatchReader(part, BatchPlan.of(part.count(), batchSize, 1), transforms, erasing)) {
      reader.begin(order, firstBatch, pass);
      for (@Nullable Batch batch = reader.next(); batch != null; batch = reader.next()) {
        for (int i = 0; i < batch.size(); i++) {
          byte[] pixels = new byte[SIZE * SIZE * 3];
          batch.pixels().get(i * pixels.length, pixels);
          byte[] box = new byte[32];
          requireNonNull(batch.erased()).get(i * box.length, box);
          images.put(batch.label(i), Arrays.hashCode(pixels) + " " + Arrays.hashCode(box));
        }
        batch.close();
      }
    }
    return images;
  }

  /** Images of 28×28 pixels; each one's label is its number. */
  private static Part part(int count) {
    byte[] pixels = new byte[count * 28 * 28 * 3];
    new Random(1).nextBytes(pixels);
    int[] images = IntStream.range(0, count).toArray();
    return new Part(
        new StoredImages(
            Path.of("test"), 3, 28, 28, PixelSegments.of(pixels, 28 * 28 * 3), images.clone()),
        images);
  }
}
