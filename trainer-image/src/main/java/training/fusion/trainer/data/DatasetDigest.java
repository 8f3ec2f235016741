package training.fusion.trainer.data;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * What a data set was, briefly: its classes by name, and of each part enough to tell whether it has
 * the same pictures again.
 *
 * @param classes names, in the order of the labels
 * @param validation absent if there are no validation images
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true) // what later versions add
public record DatasetDigest(
    List<String> classes, PartDigest train, @Nullable PartDigest validation, PartDigest test) {
  private static final int MOST_NAMED = 20;

  /**
   * A part.
   *
   * @param images how many there are, damaged ones included
   * @param imagesByClass the same of each class
   * @param sha256 over class and {@link LabelledSamples#key} of each, in the order of the files
   */
  public record PartDigest(int images, List<Integer> imagesByClass, String sha256) {
    public PartDigest {
      imagesByClass = List.copyOf(imagesByClass);
      Objects.requireNonNull(sha256, "sha256");
    }
  }

  public DatasetDigest {
    classes = List.copyOf(classes);
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(test, "test");
    for (PartDigest part : List.of(train, validation == null ? test : validation, test)) {
      if (part.imagesByClass.size() != classes.size()) {
        throw new IllegalArgumentException("not as many numbers as classes");
      }
    }
  }

  /** Of the parts as they are divided. */
  public static DatasetDigest of(ImageData data) {
    return new DatasetDigest(
        data.classNames(),
        digest(data, data.train()),
        data.validatesOnTest() ? null : digest(data, data.validation()),
        digest(data, data.test()));
  }

  private static PartDigest digest(ImageData data, Part part) {
    var digest = Sha256.begin();
    int[] counts = new int[data.classes()];
    part.forEachDrawn(
        (key, label) -> {
          counts[label]++;
          Sha256.addLine(digest, data.classNames().get(label) + "\0" + key);
        });
    return new PartDigest(
        Arrays.stream(counts).sum(), Arrays.stream(counts).boxed().toList(), Sha256.hex(digest));
  }

  /** Images of all parts. */
  public int images() {
    return parts().mapToInt(PartDigest::images).sum();
  }

  private Stream<PartDigest> parts() {
    return Stream.of(train, validation, test).filter(Objects::nonNull);
  }

  /** The classes by name, each with how many images all parts have of it; the first of many. */
  public String countedClasses() {
    return IntStream.range(0, Math.min(MOST_NAMED, classes.size()))
            .mapToObj(
                c ->
                    "%s: %d"
                        .formatted(
                            ClassNames.told(classes.get(c)),
                            parts().mapToInt(part -> part.imagesByClass.get(c)).sum()))
            .collect(Collectors.joining(", "))
        + (classes.size() > MOST_NAMED
            ? " and %d more".formatted(classes.size() - MOST_NAMED)
            : "");
  }

  /** What is otherwise in another one, as far as numbers and names tell; empty if nothing is. */
  public String difference(DatasetDigest now) {
    List<String> all =
        Stream.of(
                classes.equals(now.classes) ? "" : ClassNames.difference(classes, now.classes),
                difference("train", train, now.train),
                difference("validation", validation, now.validation),
                difference("test", test, now.test))
            .filter(text -> !text.isEmpty())
            .toList();
    return String.join(", ", all);
  }

  private static String difference(
      String name, @Nullable PartDigest before, @Nullable PartDigest now) {
    if (Objects.equals(before, now)) {
      return "";
    }
    int then = before == null ? 0 : before.images;
    int today = now == null ? 0 : now.images;
    return then == today
        ? "%s has other pictures".formatted(name)
        : "%s has %d pictures and had %d".formatted(name, today, then);
  }
}
