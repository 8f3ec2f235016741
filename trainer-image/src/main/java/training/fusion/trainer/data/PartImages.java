package training.fusion.trainer.data;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.picture.RandomResizedCrop;

/**
 * A part's images as a batch takes them: as they are, or cut at random.
 *
 * @param crop null: as they are
 */
record PartImages(Part part, @Nullable RandomResizedCrop crop) {
  int height() {
    return crop == null ? part.source().height() : crop.size();
  }

  int width() {
    return crop == null ? part.source().width() : crop.size();
  }

  int channels() {
    return part.source().channels();
  }

  int imageBytes() {
    return height() * width() * channels();
  }

  /** Whether {@link #put} is much work. */
  boolean decodes() {
    return crop != null || part.source().decodes();
  }

  int label(int position) {
    return part.label(position);
  }

  /**
   * Puts an image's bytes at an offset of the buffer.
   *
   * @param pass a number of the pass's own: with image and pass the cut is settled
   */
  void put(int position, long pass, ByteBuffer target, int offset) {
    int image = part.image(position);
    if (crop == null) {
      part.source().put(image, target, offset);
    } else {
      long seed = Shuffle.mixed(pass, image);
      target.put(offset, crop.apply(part.source().original(image), seed).samples());
    }
  }
}
