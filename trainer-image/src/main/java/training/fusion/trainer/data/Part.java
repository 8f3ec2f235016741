package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;

/** Some of the images, in ascending order of their place in the files. */
public final class Part {
  private final LabelledImages source;

  /** Places in the source, those that are left out too: the order of an epoch is drawn for all. */
  private final int[] drawn;

  /** For each of {@link #drawn}, its position among those that are kept, or −1. */
  private final int[] positions;

  /** The places that are kept. */
  private final int[] images;

  Part(LabelledImages source, int[] images) {
    this(source, images, IntStream.range(0, images.length).toArray());
  }

  private Part(LabelledImages source, int[] drawn, int[] positions) {
    this.source = source;
    this.drawn = drawn;
    this.positions = positions;
    this.images =
        IntStream.range(0, drawn.length)
            .filter(i -> positions[i] >= 0)
            .map(i -> drawn[i])
            .toArray();
  }

  /** The same part of the same images, from another source of them. */
  Part of(LabelledImages other) {
    return new Part(other, drawn, positions);
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
    return Arrays.stream(Shuffle.permutation(drawn.length, seed, epoch))
        .map(i -> positions[i])
        .filter(position -> position >= 0)
        .toArray();
  }

  /** Positions 0 to count − 1 as they are. */
  public int[] inOrder() {
    return IntStream.range(0, images.length).toArray();
  }

  /** The same part less some images; the others keep their order among themselves. */
  Part without(Set<String> names) {
    int[] kept = new int[drawn.length];
    int position = 0;
    for (int i = 0; i < drawn.length; i++) {
      boolean out = positions[i] < 0 || names.contains(source.name(drawn[i]));
      kept[i] = out ? -1 : position++;
    }
    return new Part(source, drawn, kept);
  }

  /** The same part, or a stratified sample of it if it has more than {@code limit} images. */
  Part limitedTo(int limit, int classes, long seed) {
    return images.length <= limit
        ? this
        : new Part(source, new Stratification(source, images, classes, seed).draw(limit));
  }
}
