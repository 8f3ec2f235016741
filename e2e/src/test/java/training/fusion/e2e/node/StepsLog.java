package training.fusion.e2e.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A run's {@code steps.log}, which says what pods have trained: for each, the step it started after
 * and those that it made.
 *
 * @param lines without their times: pod uid, word, steps
 */
record StepsLog(List<String[]> lines) {
  /** As it is now; empty before there is one. */
  static StepsLog of(Path run) {
    try {
      return new StepsLog(
          Files.readAllLines(run.resolve("steps.log")).stream()
              .map(line -> line.split(" ", -1))
              .map(words -> new String[] {words[1], words[2], words[3]})
              .toList());
    } catch (NoSuchFileException e) {
      return new StepsLog(List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All steps that were ever trained, in their order, those of each pod after the other. */
  List<Long> steps() {
    return lines.stream()
        .filter(line -> "steps".equals(line[1]))
        .flatMap(line -> range(line[2]).boxed())
        .toList();
  }

  /** The steps that this pod trained. */
  List<Long> stepsOf(String podUid) {
    return new StepsLog(lines.stream().filter(line -> podUid.equals(line[0])).toList()).steps();
  }

  private static LongStream range(String text) {
    String[] ends = text.split("-", 2);
    return LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
  }
}
