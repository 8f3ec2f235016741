package training.fusion.trainer.cli;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a model takes a file, or a row of one, for.
 *
 * @param name the file, or file and row: {@code x.npy:3}
 * @param best the most likely classes, the likeliest first; empty if it has none
 * @param damage why it has none, for the end of a sentence; null: it has
 */
record Prediction(String name, List<Guess> best, @Nullable String damage) {
  /** A class with its probability. */
  record Guess(String label, double probability) {}

  /**
   * The likeliest classes.
   *
   * @param probabilities in the order of the classes
   * @param top how many of them
   */
  static Prediction of(String name, double[] probabilities, List<String> classes, int top) {
    return new Prediction(
        name,
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(Comparator.comparingDouble(c -> -probabilities[c]))
            .limit(top)
            .map(c -> new Guess(classes.get(c), probabilities[c]))
            .toList(),
        null);
  }
}
