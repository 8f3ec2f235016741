package training.fusion.trainer.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.FreeSpace;
import training.fusion.trainer.InWords;
import training.fusion.trainer.sample.PictureCache;

/**
 * A file for a {@link PictureCache}: of this process alone, without a name and gone with it, or one
 * that trainings of the same pictures share.
 */
final class PictureCacheFile {
  private static final Logger LOG = LoggerFactory.getLogger(PictureCacheFile.class);

  private PictureCacheFile() {}

  /**
   * A cache for as many pictures as there is room for; null: for none.
   *
   * @param wanted in the order in which they are worth keeping
   */
  static @Nullable PictureCache open(PictureRoom room, KeptPictures wanted) {
    PictureCache cache = room.shared() == null ? null : shared(room, room.shared(), wanted);
    if (cache == null) {
      cache = ofThisProcess(room.scratch(), wanted);
    }
    return cache;
  }

  private static @Nullable PictureCache shared(PictureRoom room, Path folder, KeptPictures wanted) {
    try {
      return new SharedPictures(folder, room.bytes()).open(wanted);
    } catch (IOException e) {
      LOG.warn("decoded pictures are not shared in {}: {}", folder, InWords.of(e));
      return null;
    }
  }

  private static @Nullable PictureCache ofThisProcess(Path folder, KeptPictures wanted) {
    try {
      Files.createDirectories(folder);
      int slots = wanted.fitting(FreeSpace.half(folder));
      LOG.info("decoded pictures in {}, for this training: {}", folder, wanted.words(slots));
      if (slots == 0) {
        return null;
      }
      Path path = Files.createTempFile(folder, "pictures", ".cache");
      try {
        var file = new RandomAccessFile(path.toFile(), "rw");
        return new PictureCache(file, folder, wanted.imageBytes(), slots, false);
      } finally {
        Files.delete(path); // what is open stays
      }
    } catch (IOException e) {
      LOG.warn("decoded pictures are not kept in {}: {}", folder, InWords.of(e));
      return null;
    }
  }
}
