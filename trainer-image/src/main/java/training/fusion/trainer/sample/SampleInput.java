package training.fusion.trainer.sample;

import java.util.List;
import training.fusion.trainer.safetensors.ElementType;

/**
 * One of the things that a network is shown of a sample.
 *
 * @param name empty of a picture
 * @param type of its values
 * @param shape without the dimension of the samples
 */
public record SampleInput(String name, ElementType type, List<Long> shape) {
  public SampleInput {
    shape = List.copyOf(shape);
  }

  /** A picture as it is stored. */
  public static SampleInput ofPictures(int height, int width, int channels) {
    List<Long> plane = List.of((long) height, (long) width);
    return new SampleInput(
        "",
        ElementType.U8,
        channels == 1 ? plane : List.of(plane.get(0), plane.get(1), (long) channels));
  }

  /** Values of one sample. */
  public int values() {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
  }

  /** Bytes of one sample. */
  public int bytes() {
    return Math.multiplyExact(values(), type.bytes());
  }

  /** Type and shape, in words. */
  public String words() {
    return "%s %s".formatted(type, shape);
  }
}
