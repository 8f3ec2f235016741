package training.fusion.trainer.sample;

import java.nio.ByteBuffer;
import java.util.List;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.View;

/** Pictures of one size, eight bits a channel, with a class each. For any number of threads. */
public sealed interface LabelledImages extends LabelledSamples
    permits StoredImages, DecodedImages, CachedPictures {
  /** 1 for grey, 3 for colour. */
  int channels();

  /** In pixels. */
  int height();

  /** In pixels. */
  int width();

  /** Puts an image's bytes, [height, width, channels], at an offset of the buffer. */
  void put(int image, ByteBuffer target, int offset);

  /** An image before it was brought to the common size; of any size. */
  Picture original(int image);

  /** What is wanted of an image before it was brought to the common size. */
  Picture view(int image, View view);

  /** Bytes of one image. */
  default int imageBytes() {
    return channels() * height() * width();
  }

  /** [height, width] or [height, width, 3], unsigned bytes. */
  @Override
  default List<SampleInput> inputs() {
    return List.of(SampleInput.ofPictures(height(), width(), channels()));
  }

  @Override
  default void put(int image, int input, ByteBuffer target, int offset) {
    put(image, target, offset);
  }

  /** An image's name within the data set: its file and place, or its own file. */
  @Override
  String name(int image);

  /**
   * Its file's path within the data set, with {@code /} between the names; of an image without a
   * file of its own, what it looks like.
   */
  @Override
  String key(int image);
}
