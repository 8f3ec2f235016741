package training.fusion.trainer.batch;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.rng.UniformRandomProvider;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.augmentation.PictureTransforms;
import training.fusion.trainer.augmentation.RandomErasing;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.Picture.Box;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.SampleInput;
import training.fusion.trainer.sample.Shuffle;

/**
 * A part's images as a batch takes them: as they are, or changed at random.
 *
 * @param transforms null: as they are
 * @param erasing which box of an image the network's program overwrites; null: none
 */
record PartImages(
    Part part, @Nullable PictureTransforms transforms, @Nullable RandomErasing erasing) {
  List<SampleInput> inputs() {
    return transforms == null
        ? part.source().inputs()
        : List.of(
            SampleInput.ofPictures(transforms.size(), transforms.size(), pictures().channels()));
  }

  /** Only pictures are changed. */
  private LabelledImages pictures() {
    return (LabelledImages) part.source();
  }

  /** Whether {@link #put} is much work. */
  boolean decodes() {
    return transforms != null || part.source().decodes();
  }

  int label(int position) {
    return part.label(position);
  }

  /**
   * Puts a sample's values into the buffers of its inputs.
   *
   * @param place of the sample in the batch
   * @param pass a number of the pass's own: with image and pass all draws are settled
   * @return the box that is to be erased of the network's input; may be empty
   */
  Box put(int position, long pass, List<ByteBuffer> targets, int place) {
    int image = part.image(position);
    // of the JDK's generator only the bits are used, whose algorithm is fixed
    UniformRandomProvider random = new SplittableRandom(Shuffle.mixed(pass, image))::nextLong;
    if (transforms == null) {
      List<SampleInput> inputs = part.source().inputs();
      for (int i = 0; i < inputs.size(); i++) {
        part.source().put(image, i, targets.get(i), place * inputs.get(i).bytes());
      }
    } else {
      byte[] samples = changed(image, transforms, random).samples();
      targets.get(0).put(place * samples.length, samples);
    }
    return erasing == null ? RandomErasing.NOTHING : erasing.draw(random);
  }

  /** Where nothing is cut, the transforms begin with the square, which may lie ready. */
  private Picture changed(int image, PictureTransforms wanted, UniformRandomProvider random) {
    LabelledImages source = pictures();
    if (wanted.crop() != null) {
      return wanted.change(source.view(image, wanted.crop().view(random)), random);
    }
    if (source.height() != wanted.size() || source.width() != wanted.size()) {
      return wanted.apply(source.original(image), random);
    }
    byte[] samples = new byte[source.imageBytes()];
    source.put(image, ByteBuffer.wrap(samples), 0);
    return wanted.change(
        new Picture(source.height(), source.width(), source.channels(), samples), random);
  }
}
