package training.fusion.trainer.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.picture.Picture;

/** Images that files have as they are needed, bytes of one size: IDX and CIFAR-10. */
final class StoredImages implements LabelledImages {
  private final Path file;
  private final int channels;
  private final int height;
  private final int width;
  private final PixelSegments pixels;
  private final int[] labels;

  /**
   * @param file where they are from, for messages
   * @param pixels [count, height, width, channels], unsigned, row-major
   * @param labels [count], classes from 0; not copied
   */
  StoredImages(Path file, int channels, int height, int width, PixelSegments pixels, int[] labels) {
    this.file = file;
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.pixels = pixels;
    this.labels = labels;
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public int count() {
    return labels.length;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int label(int image) {
    return labels[image];
  }

  @Override
  public void put(int image, ByteBuffer target, int offset) {
    pixels.get(image, target, offset);
  }

  @Override
  public Picture original(int image) {
    return new Picture(height, width, channels, pixels.get(image));
  }

  @Override
  public @Nullable String damage(int image) {
    return null; // whole files are read, or refused
  }

  @Override
  public String name(int image) {
    return "image %d of %s".formatted(image, file.getFileName());
  }

  @Override
  public boolean decodes() {
    return false;
  }
}
