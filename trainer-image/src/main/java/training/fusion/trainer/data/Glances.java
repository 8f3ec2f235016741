package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.DamagedPictures.Damaged;
import training.fusion.trainer.picture.Caveat;
import training.fusion.trainer.picture.Glance;

/**
 * What the beginnings of a data set's pictures say, where each has a file of its own: much less
 * work than to decode them.
 *
 * @param looked how many were looked at
 * @param damaged those that are no pictures that can be read, in the order of the parts
 * @param caveats names of those of which something is to be told
 */
public record Glances(int looked, List<Damaged> damaged, Map<Caveat, List<String>> caveats) {
  private static final int MOST_NAMED = 3;

  public Glances {
    damaged = List.copyOf(damaged);
    caveats = Map.copyOf(caveats);
  }

  private record Seen(String name, Glance glance) {}

  /** Looks at every picture of the parts, on all processors. */
  public static Glances of(ImageData data) {
    List<Seen> seen =
        data.parts()
            .flatMap(
                part ->
                    IntStream.range(0, part.count())
                        .parallel()
                        .mapToObj(
                            i ->
                                new Seen(
                                    part.source().name(part.image(i)),
                                    part.source().glance(part.image(i)))))
            .toList();
    List<Damaged> damaged =
        seen.stream()
            .filter(s -> s.glance.damage() != null)
            .map(s -> new Damaged(s.name, Objects.requireNonNull(s.glance.damage())))
            .toList();
    Map<Caveat, List<String>> caveats = new EnumMap<>(Caveat.class);
    Arrays.stream(Caveat.values())
        .forEach(
            caveat -> {
              List<String> names =
                  seen.stream().filter(s -> s.glance.caveat() == caveat).map(Seen::name).toList();
              if (!names.isEmpty()) {
                caveats.put(caveat, names);
              }
            });
    return new Glances(seen.size(), damaged, caveats);
  }

  /**
   * Refuses what is no picture.
   *
   * @throws TrainingFailure BadData, saying how many there are, and what the first of them are
   */
  public void check() {
    if (!damaged.isEmpty()) {
      throw TrainingFailure.badData(
          "%d of %d pictures cannot be read: %s%s; replace or remove them, or set dataset.onError: Skip"
              .formatted(
                  damaged.size(),
                  looked,
                  String.join(
                      "; ",
                      damaged.stream()
                          .limit(MOST_NAMED)
                          .map(picture -> picture.file() + ": " + picture.damage())
                          .toList()),
                  damaged.size() > MOST_NAMED
                      ? "; and %d more".formatted(damaged.size() - MOST_NAMED)
                      : ""));
    }
  }
}
