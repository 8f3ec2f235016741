package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.sample.LabelledSamples;

/** Some of the images, in ascending order of their place in the files. */
public final class Part {
  private final LabelledSamples source;

  /** Places in the source, those that are left out too: the order of an epoch is drawn for all. */
  private final int[] drawn;

  /** For each of {@link #drawn}, its position among those that are kept, or −1. */
  private final int[] positions;

  /** The places that are kept. */
  private final int[] images;

  /** For each of the source's labels the class here; null: the same. */
  private final int @Nullable [] classes;

  /** Told of images. */
  interface Visitor {
    /** An image's {@link LabelledSamples#key} and class. */
    void image(String key, int label);
  }

  public Part(LabelledSamples source, int[] images) {
    this(source, images, IntStream.range(0, images.length).toArray(), null);
  }

  private Part(LabelledSamples source, int[] drawn, int[] positions, int @Nullable [] classes) {
    this.source = source;
    this.classes = classes;
    this.drawn = drawn;
    this.positions = positions;
    this.images =
        IntStream.range(0, drawn.length)
            .filter(i -> positions[i] >= 0)
            .map(i -> drawn[i])
            .toArray();
  }

  /** The same part of the same images, from another source of them. */
  Part of(LabelledSamples other) {
    return new Part(other, drawn, positions, classes);
  }

  /** All images of which this is a part. */
  public LabelledSamples source() {
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

  /** Class of this part's image number {@code position}. */
  public int label(int position) {
    return classOf(images[position]);
  }

  private int classOf(int image) {
    int label = source.label(image);
    return classes == null ? label : classes[label];
  }

  /** Tells of each image, those that are left out too, in the order of the files. */
  void forEachDrawn(Visitor visitor) {
    for (int image : drawn) {
      visitor.image(source.key(image), classOf(image));
    }
  }

  /**
   * The same part under other numbers of the classes.
   *
   * @param numbers for each class so far
   */
  Part relabelled(int[] numbers) {
    int[] before = classes;
    int[] after =
        before == null ? numbers : Arrays.stream(before).map(label -> numbers[label]).toArray();
    return new Part(source, drawn, positions, after);
  }

  /** How many of its images are among these, by {@link LabelledSamples#key}. */
  public int countOf(Set<String> keys) {
    return keys.isEmpty()
        ? 0
        : (int) Arrays.stream(images).filter(i -> keys.contains(source.key(i))).count();
  }

  /** Positions 0 to count − 1 in the order of an epoch, the same whenever it is asked for. */
  public int[] shuffled(long seed, int epoch) {
    return Arrays.stream(source.order(drawn, seed, epoch))
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
    return new Part(source, drawn, kept, classes);
  }

  /** How many there are of each class. */
  public int[] countByClass(int classCount) {
    int[] counts = new int[classCount];
    for (int image : images) {
      counts[classOf(image)]++;
    }
    return counts;
  }

  /** Which of its images are meant. */
  interface Filter {
    /** Whether this one is, by its place in the source and its class. */
    boolean isMeant(int image, int label);
  }

  /** Places in the source of those that are meant. */
  int[] places(Filter filter) {
    return Arrays.stream(images).filter(image -> filter.isMeant(image, classOf(image))).toArray();
  }

  /** Some images of a source, by their places, ascending. */
  public static Part of(LabelledSamples source, int[] places) {
    return new Part(source, places);
  }

  /** All images of a source. */
  public static Part whole(LabelledSamples source) {
    return new Part(source, IntStream.range(0, source.count()).toArray());
  }

  /** Two sets of images as one part. */
  static Part joined(LabelledSamples source, int[] some, int[] others) {
    return new Part(
        source, IntStream.concat(Arrays.stream(some), Arrays.stream(others)).sorted().toArray());
  }
}
