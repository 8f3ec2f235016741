package training.fusion.trainer.sample;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.View;

/**
 * Pictures that would be decoded each time, of which those that are wanted as they are, not cut at
 * random, are decoded once: the first time that anybody asks for them.
 */
public final class CachedPictures implements LabelledImages {
  /** Of a picture that is not kept. */
  public static final int NO_SLOT = -1;

  private final DecodedImages files;
  private final PictureCache cache;

  /** For each of the files its slot in the cache. */
  private final int[] slots;

  /**
   * The same pictures with a cache.
   *
   * @param slots for each of the files, or {@link #NO_SLOT}
   */
  public CachedPictures(DecodedImages files, PictureCache cache, int[] slots) {
    this.files = files;
    this.cache = cache;
    this.slots = slots;
  }

  @Override
  public Path file() {
    return files.file();
  }

  @Override
  public int count() {
    return files.count();
  }

  @Override
  public int channels() {
    return files.channels();
  }

  @Override
  public int height() {
    return files.height();
  }

  @Override
  public int width() {
    return files.width();
  }

  @Override
  public int label(int image) {
    return files.label(image);
  }

  @Override
  public String name(int image) {
    return files.name(image);
  }

  @Override
  public String key(int image) {
    return files.key(image);
  }

  @Override
  public Picture original(int image) {
    return files.original(image);
  }

  @Override
  public Picture view(int image, View view) {
    return files.view(image, view);
  }

  @Override
  public Glance glance(int image) {
    return files.glance(image);
  }

  @Override
  public boolean decodes() {
    return true;
  }

  /** Whether a picture need not be decoded. */
  boolean has(int image) {
    return slots[image] != NO_SLOT && cache.has(slots[image], () -> files.stamp(image));
  }

  @Override
  public void put(int image, ByteBuffer target, int offset) {
    int slot = slots[image];
    if (slot == NO_SLOT) {
      files.put(image, target, offset);
      return;
    }
    if (cache.get(slot, () -> files.stamp(image), target, offset)) {
      return;
    }
    PictureStamp stamp = cache.stamp(() -> files.stamp(image));
    byte[] square = files.square(image);
    if (stamp != null) {
      cache.put(slot, stamp, square);
    }
    target.put(offset, square);
  }

  /** Looks at a picture, and keeps what it has decoded. */
  @Override
  public @Nullable String damage(int image) {
    int slot = slots[image];
    if (slot == NO_SLOT) {
      return files.damage(image);
    }
    if (has(image)) {
      return null;
    }
    PictureStamp stamp = cache.stamp(() -> files.stamp(image));
    try {
      byte[] square = files.decodedSquare(image);
      if (stamp != null) {
        cache.put(slot, stamp, square);
      }
      return null;
    } catch (DamagedPicture e) {
      return e.getMessage();
    }
  }

  @Override
  public int[] order(int[] images, long seed, int epoch) {
    return files.order(images, seed, epoch);
  }
}
