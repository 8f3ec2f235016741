package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.DamagedPictures.Damaged;
import training.fusion.trainer.picture.Caveat;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * What is to be said of a data set's pictures before they are trained on.
 *
 * @param looked how many were looked at
 * @param decoded whether they were decoded, or only their beginnings read
 * @param damaged those that are no pictures that can be read, in the order of the parts
 * @param caveats names of those of which something is to be told
 */
public record Glances(
    int looked, boolean decoded, List<Damaged> damaged, Map<Caveat, List<String>> caveats) {
  private static final int MOST_NAMED = 3;
  private static final int MOST_LOOKED_AT = 10_000;

  public Glances {
    damaged = List.copyOf(damaged);
    caveats = Map.copyOf(caveats);
  }

  private record Seen(String name, Glance glance) {}

  private interface Look {
    Glance at(LabelledSamples images, int image);
  }

  /**
   * Looks at the beginnings of the pictures of the parts that have files of their own, on all
   * processors: much less work than to decode them. Of very many, at every second, third and so on,
   * since each is a file that is opened.
   */
  public static Glances of(ImageData data) {
    int step = 1 + (data.parts().mapToInt(Part::count).sum() - 1) / MOST_LOOKED_AT;
    return of(data, false, step, LabelledSamples::glance);
  }

  /** Decodes every picture of the parts, on all processors. */
  public static Glances decoding(ImageData data) {
    return of(data, true, 1, LabelledSamples::examine);
  }

  private static Glances of(ImageData data, boolean decoded, int step, Look look) {
    List<Seen> seen =
        data.parts()
            .flatMap(
                part ->
                    IntStream.range(0, part.count())
                        .filter(i -> i % step == 0)
                        .parallel()
                        .mapToObj(
                            i ->
                                new Seen(
                                    part.source().name(part.image(i)),
                                    look.at(part.source(), part.image(i))))
                        .toList()
                        .stream())
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
    return new Glances(seen.size(), decoded, damaged, caveats);
  }

  /**
   * Refuses what is no picture.
   *
   * @throws TrainingFailure BadData, saying how many there are, and what they are: all of them if
   *     they were decoded, which nobody does twice
   */
  public void check() {
    if (damaged.isEmpty()) {
      return;
    }
    throw TrainingFailure.badData(
        decoded
            ? "%d picture(s) are damaged; replace or remove them, or set dataset.onError: Skip:%n%s"
                .formatted(damaged.size(), told("  ", System.lineSeparator(), damaged.size()))
            : "%d of %d pictures cannot be read: %s%s; replace or remove them, or set dataset.onError: Skip"
                .formatted(
                    damaged.size(),
                    looked,
                    told("", "; ", MOST_NAMED),
                    damaged.size() > MOST_NAMED
                        ? "; and %d more".formatted(damaged.size() - MOST_NAMED)
                        : ""));
  }

  private String told(String before, String between, int most) {
    return damaged.stream()
        .limit(most)
        .map(picture -> before + picture.file() + ": " + picture.damage())
        .collect(Collectors.joining(between));
  }
}
