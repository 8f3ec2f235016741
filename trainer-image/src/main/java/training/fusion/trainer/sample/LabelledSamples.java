package training.fusion.trainer.sample;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.picture.Glance;

/** What a network is shown, all of one shape, with a class each. For any number of threads. */
public sealed interface LabelledSamples permits LabelledImages, TensorRows {
  /** Where they are from, for messages. */
  Path file();

  /** How many there are. */
  int count();

  /** Class of a sample, from 0. */
  int label(int sample);

  /** What each sample consists of; one where it is a picture. */
  List<SampleInput> inputs();

  /**
   * Puts the values of one of a sample's inputs at an offset of the buffer, in the machine's order.
   */
  void put(int sample, int input, ByteBuffer target, int offset);

  /** What is wrong with a sample, in a sentence without its name; null: nothing. */
  @Nullable String damage(int sample);

  /** What the beginning of a sample's file says; nothing where many lie in one file. */
  default Glance glance(int sample) {
    return Glance.NOTHING;
  }

  /** What there is to say of a sample once it is read. */
  default Glance examine(int sample) {
    return new Glance(damage(sample), null);
  }

  /** A sample's name within the data set. */
  String name(int sample);

  /** What a sample is known by when its data set is read again, wherever that lies then. */
  String key(int sample);

  /** Whether {@link #put} is much work. */
  boolean decodes();

  /** Whether some may be damaged and the others not. */
  default boolean mayBeDamaged() {
    return decodes();
  }

  /**
   * The order in which an epoch takes some of the samples, the same whenever it is asked for.
   *
   * @param samples their places, ascending
   * @return numbers from 0 on, which count in {@code samples}
   */
  default int[] order(int[] samples, long seed, int epoch) {
    return Shuffle.permutation(samples.length, seed, epoch);
  }
}
