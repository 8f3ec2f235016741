package training.fusion.trainer.format;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.picture.Caveat;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.PictureDecoder;
import training.fusion.trainer.picture.PictureTooLarge;
import training.fusion.trainer.picture.View;
import training.fusion.trainer.sample.EncodedPictures;
import training.fusion.trainer.sample.Shuffle;

/** Pictures in files of their own. */
final class FilePictures implements EncodedPictures {
  private final FilePaths files;
  private final FilePaths.Names names;

  /** What is to be said of a picture that is not there. */
  private final String gone;

  private FilePictures(Path root, FilePaths files, String gone) {
    this.files = files;
    this.names = files.namesBelow(root);
    this.gone = gone;
  }

  /**
   * Pictures that were found.
   *
   * @param root the data set's folder, which the pictures' names begin below
   */
  static FilePictures found(Path root, FilePaths files) {
    return new FilePictures(root, files, "%s was there and is gone");
  }

  /**
   * Pictures that a list names; nobody has seen them yet.
   *
   * @param list the file that does
   */
  static FilePictures listed(Path root, Path list, FilePaths files) {
    return new FilePictures(
        root,
        files,
        "%s is not there, and "
            + String.valueOf(list.getFileName()).replace("%", "%%")
            + " names it; put the picture there, or correct the list");
  }

  @Override
  public String name(int picture) {
    return names.of(picture);
  }

  @Override
  public String place(int picture) {
    return files.get(picture).toString();
  }

  @Override
  public Picture decode(int picture, View view, Consumer<Caveat> caveats) throws DamagedPicture {
    return read(picture, file -> PictureDecoder.decode(file, view, caveats));
  }

  @Override
  public Glance glance(int picture) throws DamagedPicture {
    return read(picture, PictureDecoder::glance);
  }

  @Override
  public PictureStamp stamp(int picture) throws IOException {
    return PictureStamp.of(files.get(picture));
  }

  @Override
  public int[] order(int[] pictures, long seed, int epoch) {
    return Shuffle.permutation(pictures.length, seed, epoch);
  }

  private interface Reading<T> {
    T of(Path file) throws IOException;
  }

  /** What is read of a file; one that is gone, or cannot be read, is no matter of its content. */
  private <T> T read(int picture, Reading<T> reading) throws DamagedPicture {
    Path file = files.get(picture);
    try {
      return reading.of(file);
    } catch (DamagedPicture e) {
      throw e;
    } catch (PictureTooLarge e) {
      throw TrainingFailure.outOfMemory(file.toString(), e.getMessage());
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badData(gone.formatted(file));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }
}
