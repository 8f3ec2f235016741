package training.fusion.trainer.data;

import java.util.stream.IntStream;

/** Some of the images, in ascending order of their place in the files. */
public final class Part {
  private final LabelledImages source;
  private final int[] images;

  Part(LabelledImages source, int[] images) {
    this.source = source;
    this.images = images;
  }

  /** All images of which this is a part. */
  public LabelledImages source() {
    return source;
  }

  /** How many there are. */
  public int count() {
    return images.length;
  }

  /** Place in the source of this part's image number {@code position}. */
  public int image(int position) {
    return images[position];
  }

  /** Positions 0 to count − 1 in the order of an epoch, the same whenever it is asked for. */
  public int[] shuffled(long seed, int epoch) {
    return Shuffle.permutation(images.length, seed, epoch);
  }

  /** Positions 0 to count − 1 as they are. */
  public int[] inOrder() {
    return IntStream.range(0, images.length).toArray();
  }

  /** The same part, or a stratified sample of it if it has more than {@code limit} images. */
  Part limitedTo(int limit, int classes, long seed) {
    return images.length <= limit
        ? this
        : new Part(source, new Stratification(source, images, classes, seed).draw(limit));
  }
}
