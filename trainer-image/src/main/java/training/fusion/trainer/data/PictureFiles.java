package training.fusion.trainer.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.picture.Caveat;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.PictureDecoder;
import training.fusion.trainer.picture.PictureTooLarge;
import training.fusion.trainer.picture.View;

/** Pictures in files of their own, decoded and brought to one size whenever they are asked for. */
final class PictureFiles implements LabelledImages {
  private static final Logger LOG = LoggerFactory.getLogger(PictureFiles.class);

  private final Path folder;
  private final FilePaths files;
  private final FilePaths.Names names;
  private final int[] labels;
  private final Framing framing;

  /** What is to be said of a picture that is not there. */
  private final String gone;

  private final Set<Caveat> told = ConcurrentHashMap.newKeySet();

  /**
   * @param root the data set's folder, which the pictures' names begin below
   * @param folder of these pictures: the root, or one in it
   * @param labels of the files, in their order
   */
  PictureFiles(Path root, Path folder, FilePaths files, int[] labels, Framing framing) {
    this(root, folder, files, labels, framing, "%s was there and is gone");
  }

  private PictureFiles(
      Path root, Path folder, FilePaths files, int[] labels, Framing framing, String gone) {
    this.gone = gone;
    this.folder = folder;
    this.files = files;
    this.names = files.namesBelow(root);
    this.labels = labels;
    this.framing = framing;
  }

  /**
   * Pictures that a list names; nobody has seen them yet.
   *
   * @param list the file that does
   */
  static PictureFiles listed(Path root, Path list, FilePaths files, int[] labels, Framing framing) {
    return new PictureFiles(
        root,
        list,
        files,
        labels,
        framing,
        "%s is not there, and "
            + String.valueOf(list.getFileName()).replace("%", "%%")
            + " names it; put the picture there, or correct the list");
  }

  @Override
  public Path file() {
    return folder;
  }

  @Override
  public int count() {
    return labels.length;
  }

  /** How each becomes a square. */
  Framing framing() {
    return framing;
  }

  /** A picture's file. */
  Path path(int image) {
    return files.get(image);
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
    target.put(offset, square(image));
  }

  @Override
  public Picture original(int image) {
    return view(image, View.WHOLE);
  }

  @Override
  public Picture view(int image, View view) {
    try {
      return decoded(image, view);
    } catch (DamagedPicture e) {
      throw TrainingFailure.badData(
          "%s cannot be read: %s; replace or remove it, or set dataset.onError: Skip"
              .formatted(files.get(image), e.getMessage()));
    }
  }

  @Override
  public @Nullable String damage(int image) {
    try {
      decoded(image, View.NOTHING);
      return null;
    } catch (DamagedPicture e) {
      return e.getMessage();
    }
  }

  @Override
  public String name(int image) {
    return names.of(image);
  }

  @Override
  public String key(int image) {
    return names.of(image);
  }

  /** Bytes of a picture that is brought to the common size. */
  byte[] square(int image) {
    return framing.framed(view(image, framing.view())).samples();
  }

  /** As {@link #square}, for who is told of damage. */
  byte[] decodedSquare(int image) throws DamagedPicture {
    return framing.framed(decoded(image, framing.view())).samples();
  }

  @Override
  public Glance glance(int image) {
    try {
      return read(image, PictureDecoder::glance);
    } catch (DamagedPicture e) {
      return new Glance(e.getMessage(), null);
    }
  }

  @Override
  public Glance examine(int image) {
    var caveat = new AtomicReference<@Nullable Caveat>();
    try {
      read(image, file -> PictureDecoder.decode(file, View.NOTHING, caveat::set));
      return new Glance(null, caveat.get());
    } catch (DamagedPicture e) {
      return new Glance(e.getMessage(), null);
    }
  }

  private Picture decoded(int image, View view) throws DamagedPicture {
    return read(image, file -> PictureDecoder.decode(file, view, caveat -> tell(caveat, image)));
  }

  /** Of many pictures of a kind the first is named. */
  private void tell(Caveat caveat, int image) {
    if (told.add(caveat)) {
      LOG.warn("{} has {}; others like it are not named", name(image), caveat.words());
    }
  }

  private interface Reading<T> {
    T of(Path file) throws IOException;
  }

  /** What is read of a file; one that is gone, or cannot be read, is no matter of its content. */
  private <T> T read(int image, Reading<T> reading) throws DamagedPicture {
    Path file = files.get(image);
    try {
      return reading.of(file);
    } catch (DamagedPicture e) {
      throw e;
    } catch (PictureTooLarge e) {
      throw TrainingFailure.outOfMemory(file, e.getMessage());
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badData(gone.formatted(file));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  @Override
  public boolean decodes() {
    return true;
  }
}
