package training.fusion.trainer.sample;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.View;

/** Images that files have as bytes of one size: IDX and CIFAR. */
public final class StoredImages implements LabelledImages {
  /** Enough that no two images of a file have the same by chance. */
  private static final int DIGEST_BYTES = 12;

  private final Path file;
  private final int channels;
  private final int height;
  private final int width;
  private final Pixels pixels;
  private final int[] labels;

  /** Made when the first is asked for; twice, if two threads ask at once. */
  private volatile String @Nullable [] keys;

  /**
   * @param file where they are from, for messages
   * @param pixels [count, height, width, channels], unsigned, row-major
   * @param labels [count], classes from 0; not copied
   */
  public StoredImages(Path file, int channels, int height, int width, Pixels pixels, int[] labels) {
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
  public Picture view(int image, View view) {
    return view.of(height, width).apply(original(image));
  }

  @Override
  public @Nullable String damage(int image) {
    return null; // whole files are read, or refused
  }

  @Override
  public String name(int image) {
    return "image %d of %s".formatted(image, file.getFileName());
  }

  /**
   * A digest of the image, so that more images before it in the file, or the file's compression,
   * leave it the same; of equal images, which one it is.
   */
  @Override
  public String key(int image) {
    String[] known = keys;
    if (known == null) {
      known = digests();
      keys = known;
    }
    return known[image];
  }

  private String[] digests() {
    var sha256 = Sha256.begin();
    Map<String, Integer> equal = new HashMap<>();
    String[] digests = new String[count()];
    for (int image = 0; image < digests.length; image++) {
      byte[] digest = sha256.digest(pixels.get(image));
      String key = HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
      int before = equal.merge(key, 1, Integer::sum) - 1;
      digests[image] = before == 0 ? key : key + "-" + before;
    }
    return digests;
  }

  @Override
  public boolean decodes() {
    return false;
  }
}
