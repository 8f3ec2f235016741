package training.fusion.trainer.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** As runs divided that began before {@link Division} was noted: the lower class first. */
final class ClassOrder implements Apportionment {
  @Override
  public int[] counts(int total, int[] sizes, int[] least, int[] most, int[] line) {
    long all = Math.max(1, Arrays.stream(sizes).asLongStream().sum());
    int[] counts = new int[sizes.length];
    for (int label = 0; label < counts.length; label++) {
      counts[label] = (int) Math.min(most[label], (long) sizes[label] * total / all);
    }
    List<Integer> byFraction =
        IntStream.range(0, counts.length)
            .boxed()
            .sorted(
                Comparator.comparing(
                    label -> -(((long) sizes[label] * total) % all), Long::compare))
            .toList();
    int missing = Math.min(total, Arrays.stream(most).sum()) - Arrays.stream(counts).sum();
    while (missing > 0) {
      for (int label : byFraction) {
        if (missing > 0 && counts[label] < most[label]) {
          counts[label]++;
          missing--;
        }
      }
    }
    return counts;
  }
}
