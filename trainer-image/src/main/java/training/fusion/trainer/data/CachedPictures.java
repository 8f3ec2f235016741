package training.fusion.trainer.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.View;

/**
 * Pictures in files of their own, of which those that are wanted as they are, not cut at random,
 * are decoded once: the first time that anybody asks for them.
 */
final class CachedPictures implements LabelledImages {
  private final PictureFiles files;
  private final PictureCache cache;

  /** For each of the files its place in the cache, or −1. */
  private final int[] places;

  private CachedPictures(PictureFiles files, PictureCache cache, int[] places) {
    this.files = files;
    this.cache = cache;
    this.places = places;
  }

  /**
   * The same pictures with a cache, or as they are, if it has no room.
   *
   * @param wanted those that will be asked for by {@link #put}
   */
  static LabelledImages of(PictureFiles files, int[] wanted, Path folder) {
    PictureCache cache = PictureCache.create(folder, wanted.length, files.imageBytes());
    if (cache == null) {
      return files;
    }
    int[] places = new int[files.count()];
    Arrays.fill(places, -1);
    for (int place = 0; place < wanted.length; place++) {
      places[wanted[place]] = place;
    }
    return new CachedPictures(files, cache, places);
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

  @Override
  public void put(int image, ByteBuffer target, int offset) {
    int place = places[image];
    if (place >= 0 && cache.get(place, target, offset)) {
      return;
    }
    byte[] square = files.square(image);
    if (place >= 0) {
      cache.put(place, square);
    }
    target.put(offset, square);
  }

  /** Looks at a picture, and keeps what it has decoded. */
  @Override
  public @Nullable String damage(int image) {
    int place = places[image];
    if (place < 0) {
      return files.damage(image);
    }
    if (cache.has(place)) {
      return null;
    }
    try {
      cache.put(place, files.decodedSquare(image));
      return null;
    } catch (DamagedPicture e) {
      return e.getMessage();
    }
  }
}
