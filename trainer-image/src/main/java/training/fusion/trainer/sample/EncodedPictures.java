package training.fusion.trainer.sample;

import java.io.IOException;
import java.util.function.Consumer;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.picture.Caveat;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.View;

/**
 * Pictures as JPEG, PNG and the like, in an order, wherever each lies: {@link DamagedPicture} tells
 * of a picture's content, a {@link training.fusion.trainer.TrainingFailure} of what keeps it from
 * being read. For any number of threads.
 */
public interface EncodedPictures {
  /** A picture's path below the data set's folder, with {@code /} between names. */
  String name(int picture);

  /** Where a picture is, for messages. */
  String place(int picture);

  /** Decodes what is wanted of a picture. */
  Picture decode(int picture, View view, Consumer<Caveat> caveats) throws DamagedPicture;

  /** Looks at a picture without its samples. */
  Glance glance(int picture) throws DamagedPicture;

  /** What changes when a picture is replaced or written to. */
  PictureStamp stamp(int picture) throws IOException;

  /** The order of an epoch, as {@link LabelledSamples#order}. */
  int[] order(int[] pictures, long seed, int epoch);
}
