package training.fusion.trainer.sample;

import java.nio.ByteBuffer;

/** The bytes of images of one size, wherever they are. For any number of threads. */
public interface Pixels {
  /** Copies an image to an offset of the buffer. */
  void get(int image, ByteBuffer target, int offset);

  /** An image's bytes. */
  byte[] get(int image);
}
