package training.fusion.trainer.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.View;

/** Pictures of one size, eight bits a channel, with a class each. For any number of threads. */
public sealed interface LabelledImages permits StoredImages, DecodedImages, CachedPictures {
  /** Where they are from, for messages. */
  Path file();

  /** How many there are. */
  int count();

  /** 1 for grey, 3 for colour. */
  int channels();

  /** In pixels. */
  int height();

  /** In pixels. */
  int width();

  /** Class of an image, from 0. */
  int label(int image);

  /** Puts an image's bytes, [height, width, channels], at an offset of the buffer. */
  void put(int image, ByteBuffer target, int offset);

  /** An image before it was brought to the common size; of any size. */
  Picture original(int image);

  /** What is wanted of an image before it was brought to the common size. */
  Picture view(int image, View view);

  /** What is wrong with an image's file, in a sentence without its name; null: nothing. */
  @Nullable String damage(int image);

  /** What the beginning of an image's file says; nothing where many lie in one file. */
  default Glance glance(int image) {
    return Glance.NOTHING;
  }

  /** What there is to say of an image once it is decoded. */
  default Glance examine(int image) {
    return new Glance(damage(image), null);
  }

  /** An image's name within the data set: its file and place, or its own file. */
  String name(int image);

  /**
   * What an image is known by when its data set is read again, wherever that lies then: its file's
   * path within the data set, with {@code /} between the names; of an image without a file of its
   * own, what it looks like.
   */
  String key(int image);

  /** Whether {@link #put} is much work. */
  boolean decodes();

  /**
   * The order in which an epoch takes some of the images, the same whenever it is asked for.
   *
   * @param images their places, ascending
   * @return numbers from 0 on, which count in {@code images}
   */
  default int[] order(int[] images, long seed, int epoch) {
    return Shuffle.permutation(images.length, seed, epoch);
  }

  /** Bytes of one image. */
  default int imageBytes() {
    return channels() * height() * width();
  }
}
