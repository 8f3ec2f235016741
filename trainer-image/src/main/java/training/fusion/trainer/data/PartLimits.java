package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.DatasetSplit.Parts;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * Brings parts down to {@code dataset.limit} by stratified samples, and keeps their classes
 * together: each class keeps a picture to train on while there are as many. Where there are fewer
 * than classes, one of each goes to those that have pictures in most parts, the larger ones first;
 * the others are left out of all parts, for what was never trained on can't be tested.
 */
final class PartLimits {
  private final Dataset.Limit limit;
  private final KnownParts known;
  private final Division division;
  private final int[] order;
  private final long seed;

  /**
   * @param known pictures that stay in any case
   * @param order of the classes
   * @param seed of the order within each class
   */
  PartLimits(Dataset.Limit limit, KnownParts known, Division division, int[] order, long seed) {
    this.limit = limit;
    this.known = known;
    this.division = division;
    this.order = order;
    this.seed = seed;
  }

  /** The parts within the limits. */
  Parts of(Parts parts) {
    int[] trained = parts.train().countByClass(order.length);
    int[] line = line(parts, trained);
    boolean together = division != Division.CLASS_ORDER;
    Part train = sample(parts.train(), limit.train(), known.train(), label -> true, together, line);
    int[] left = train.countByClass(order.length);
    IntPredicate stays = label -> !together || left[label] > 0 || trained[label] == 0;
    Part test = sample(parts.test(), limit.test(), known.test(), stays, false, line);
    Part validation =
        parts.validation() == parts.test()
            ? test
            : sample(
                parts.validation(), limit.validation(), known.validation(), stays, false, line);
    return new Parts(train, validation, test);
  }

  /**
   * What was left out since nothing is left to train on of its class: a sentence, or none.
   *
   * @param parts as they were
   * @param limited as they are now
   * @throws TrainingFailure BadData, if that was all of a part
   */
  List<String> remarks(Parts parts, Parts limited) {
    refuseEmpty("validate", limited.validation(), limited.train());
    refuseEmpty("test", limited.test(), limited.train());
    if (division == Division.CLASS_ORDER) {
      return List.of();
    }
    int[] before = parts.train().countByClass(order.length);
    int[] after = limited.train().countByClass(order.length);
    IntPredicate isOut = label -> before[label] > 0 && after[label] == 0;
    Part.Filter out = (image, label) -> isOut.test(label);
    int validation = parts.validation() == parts.test() ? 0 : parts.validation().places(out).length;
    int test = parts.test().places(out).length;
    return validation + test == 0
        ? List.of()
        : List.of(
            "dataset.limit.train has no room for %d of the classes: their %d pictures to validate on and %d to test on are left out, too"
                .formatted(
                    IntStream.range(0, order.length).filter(isOut).count(), validation, test));
  }

  private static void refuseEmpty(String purpose, Part part, Part train) {
    if (part.count() == 0) {
      throw TrainingFailure.badData(
          "dataset.limit.train: no class of the %d pictures that it leaves to train on has one to %s on; raise it"
              .formatted(train.count(), purpose));
    }
  }

  /**
   * The classes in the order in which they get a picture to train on, if not all do: those with
   * pictures in all parts, those to be judged by in one, by turns, and the others.
   */
  private int[] line(Parts parts, int[] trained) {
    int[] validated = parts.validation().countByClass(order.length);
    int[] tested = parts.test().countByClass(order.length);
    int[] largestFirst =
        IntStream.of(order)
            .boxed()
            .sorted(Comparator.comparingInt((Integer c) -> trained[c]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    double[] place = new double[order.length];
    take(largestFirst, c -> validated[c] > 0 && tested[c] > 0, 0, place);
    take(largestFirst, c -> validated[c] == 0 && tested[c] > 0, 1, place);
    take(largestFirst, c -> validated[c] > 0 && tested[c] == 0, 1, place);
    take(largestFirst, c -> validated[c] == 0 && tested[c] == 0, 2, place);
    return IntStream.of(largestFirst)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer c) -> place[c]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Spreads the classes that are meant from a place to the next one. */
  private static void take(int[] classes, IntPredicate meant, int from, double[] place) {
    int[] taken = Arrays.stream(classes).filter(meant).toArray();
    for (int i = 0; i < taken.length; i++) {
      place[taken[i]] = from + (double) i / taken.length;
    }
  }

  /**
   * @param stays whether a class may be in the part
   * @param keepsAll whether each class keeps a picture, while there are as many
   */
  private Part sample(
      Part part,
      @Nullable Integer most,
      Set<String> known,
      IntPredicate stays,
      boolean keepsAll,
      int[] line) {
    LabelledSamples source = part.source();
    Part.Filter isKnown = (image, label) -> !known.isEmpty() && known.contains(source.key(image));
    int[] stay = part.places(isKnown);
    int[] others =
        part.places((image, label) -> stays.test(label) && !isKnown.isMeant(image, label));
    int room = most == null ? others.length : Math.max(0, most - stay.length);
    if (others.length <= room) {
      return stay.length + others.length == part.count() ? part : Part.joined(source, stay, others);
    }
    var draws = new Stratification(source, others, order.length, seed);
    int[] sizes = draws.sizes();
    int[] least = new int[sizes.length];
    if (keepsAll) {
      Arrays.setAll(least, label -> Math.min(1, sizes[label]));
      for (int image : stay) {
        least[source.label(image)] = 0; // it has one
      }
    }
    int[] counts = division.apportionment(order).counts(room, sizes, least, sizes, line);
    return Part.joined(source, stay, draws.draw(counts));
  }
}
