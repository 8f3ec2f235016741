package training.fusion.trainer.data;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * In which part each known picture is, by {@link LabelledSamples#key}. When a data set is divided
 * again, known pictures stay where they were, and only the others are drawn: so a picture that was
 * trained on never comes to be tested on.
 */
public record KnownParts(Set<String> train, Set<String> validation, Set<String> test) {
  /** No picture is known: all are drawn. */
  public static final KnownParts NONE = new KnownParts(Set.of(), Set.of(), Set.of());

  static KnownParts of(PictureList list) {
    return new KnownParts(keys(list.train()), keys(list.validation()), keys(list.test()));
  }

  private static Set<String> keys(@Nullable Map<String, List<String>> list) {
    Set<String> keys = new HashSet<>();
    if (list != null) {
      list.values().stream().flatMap(Collection::stream).forEach(keys::add);
    }
    return keys;
  }

  /** Places in the source of known pictures, ascending. */
  static int[] places(LabelledSamples source, Set<String> known) {
    return known.isEmpty()
        ? new int[0]
        : IntStream.range(0, source.count()).filter(i -> known.contains(source.key(i))).toArray();
  }

  /** Places in the source of pictures that none of the sets has, ascending. */
  @SafeVarargs
  static int[] others(LabelledSamples source, Set<String>... sets) {
    Set<String> known = new HashSet<>();
    List.of(sets).forEach(known::addAll);
    return IntStream.range(0, source.count())
        .filter(i -> known.isEmpty() || !known.contains(source.key(i)))
        .toArray();
  }
}
