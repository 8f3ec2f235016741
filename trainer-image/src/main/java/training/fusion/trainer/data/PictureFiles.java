package training.fusion.trainer.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.PictureDecoder;

/**
 * Pictures in files of their own, brought to one size when they are asked for, unless that was done
 * before.
 */
final class PictureFiles implements LabelledImages {
  private final Path folder;
  private final List<Path> files;
  private final int[] labels;
  private final Framing framing;
  private final @Nullable PixelSegments decoded;

  /**
   * @param labels of the files, in their order
   * @param decoded the pictures at their common size, by their place among the files; null: each is
   *     decoded whenever it is asked for
   */
  PictureFiles(
      Path folder,
      List<Path> files,
      int[] labels,
      Framing framing,
      @Nullable PixelSegments decoded) {
    this.folder = folder;
    this.files = files;
    this.labels = labels;
    this.framing = framing;
    this.decoded = decoded;
  }

  /** The same, with pictures that were decoded before. */
  PictureFiles with(PixelSegments pixels) {
    return new PictureFiles(folder, files, labels, framing, pixels);
  }

  @Override
  public Path file() {
    return folder;
  }

  /** The file of an image. */
  Path file(int image) {
    return files.get(image);
  }

  Framing framing() {
    return framing;
  }

  @Override
  public int count() {
    return labels.length;
  }

  @Override
  public int channels() {
    return 3;
  }

  @Override
  public int height() {
    return framing.size();
  }

  @Override
  public int width() {
    return framing.size();
  }

  @Override
  public int label(int image) {
    return labels[image];
  }

  @Override
  public void put(int image, ByteBuffer target, int offset) {
    if (decoded != null) {
      decoded.get(image, target, offset);
    } else {
      target.put(offset, framing.apply(original(image)).samples());
    }
  }

  @Override
  public Picture original(int image) {
    try {
      return decode(image);
    } catch (DamagedPicture e) {
      throw TrainingFailure.badData(
          "%s is damaged: %s; replace or remove it, or set dataset.onError: Skip"
              .formatted(file(image), e.getMessage()));
    }
  }

  /**
   * As {@link #original}, where damage is expected.
   *
   * @throws DamagedPicture if the file is no whole picture
   */
  Picture decode(int image) throws DamagedPicture {
    Path file = file(image);
    try {
      return PictureDecoder.decode(file);
    } catch (DamagedPicture e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badData("%s was there and is gone".formatted(file));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.temporaryIo("%s cannot be read: %s".formatted(file, e), e);
    }
  }

  @Override
  public boolean decodes() {
    return decoded == null;
  }
}
