package training.fusion.trainer.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.picture.Caveat;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.View;

/** Pictures that are decoded and brought to one size whenever they are asked for. */
public final class DecodedImages implements LabelledImages {
  private static final Logger LOG = LoggerFactory.getLogger(DecodedImages.class);

  private final Path folder;
  private final EncodedPictures encoded;
  private final int[] labels;
  private final Framing framing;
  private final Set<Caveat> told = ConcurrentHashMap.newKeySet();

  /**
   * @param folder of these pictures: the data set's, or one in it, or the file that names them
   * @param labels of the pictures, in their order
   */
  public DecodedImages(Path folder, EncodedPictures encoded, int[] labels, Framing framing) {
    this.folder = folder;
    this.encoded = encoded;
    this.labels = labels;
    this.framing = framing;
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
  public Framing framing() {
    return framing;
  }

  /** What changes when a picture is replaced or written to. */
  PictureStamp stamp(int image) throws IOException {
    return encoded.stamp(image);
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
              .formatted(encoded.place(image), e.getMessage()));
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
    return encoded.name(image);
  }

  @Override
  public String key(int image) {
    return encoded.name(image);
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
      return encoded.glance(image);
    } catch (DamagedPicture e) {
      return new Glance(e.getMessage(), null);
    }
  }

  @Override
  public Glance examine(int image) {
    var caveat = new AtomicReference<@Nullable Caveat>();
    try {
      encoded.decode(image, View.NOTHING, caveat::set);
      return new Glance(null, caveat.get());
    } catch (DamagedPicture e) {
      return new Glance(e.getMessage(), null);
    }
  }

  private Picture decoded(int image, View view) throws DamagedPicture {
    return encoded.decode(image, view, caveat -> tell(caveat, image));
  }

  /** Of many pictures of a kind the first is named. */
  private void tell(Caveat caveat, int image) {
    if (told.add(caveat)) {
      LOG.warn("{} has {}; others like it are not named", name(image), caveat.words());
    }
  }

  @Override
  public boolean decodes() {
    return true;
  }

  @Override
  public int[] order(int[] images, long seed, int epoch) {
    return encoded.order(images, seed, epoch);
  }
}
