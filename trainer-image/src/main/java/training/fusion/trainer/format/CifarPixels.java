package training.fusion.trainer.format;

import java.nio.ByteBuffer;
import java.util.List;
import training.fusion.trainer.sample.Pixels;

/**
 * Pictures of several files that have all of red, then green, then blue, as pictures that have the
 * three of each pixel together.
 *
 * @param batches the files, in their order
 */
record CifarPixels(List<CifarBatch> batches) implements Pixels {
  @Override
  public void get(int image, ByteBuffer target, int offset) {
    target.put(offset, get(image));
  }

  @Override
  public byte[] get(int image) {
    int number = 0;
    int place = image;
    while (place >= batches.get(number).count()) {
      place -= batches.get(number++).count();
    }
    byte[] planes = batches.get(number).planes().get(place);
    byte[] pixels = new byte[planes.length];
    for (int i = 0, to = 0; i < CifarBatch.PLANE; i++) {
      for (int channel = 0; channel < planes.length; channel += CifarBatch.PLANE) {
        pixels[to++] = planes[channel + i];
      }
    }
    return pixels;
  }
}
