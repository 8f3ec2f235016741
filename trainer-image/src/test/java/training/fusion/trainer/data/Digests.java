package training.fusion.trainer.data;

import java.util.List;

/** What a small data set was, for checkpoints that are written without one. */
public final class Digests {
  /** Two classes, three pictures. */
  public static final DatasetDigest DATASET =
      new DatasetDigest(List.of("ant", "Bee"), part(List.of(1, 0)), null, part(List.of(0, 2)));

  private Digests() {}

  private static DatasetDigest.PartDigest part(List<Integer> counts) {
    return new DatasetDigest.PartDigest(
        counts.stream().mapToInt(Integer::intValue).sum(), counts, "0".repeat(64));
  }
}
