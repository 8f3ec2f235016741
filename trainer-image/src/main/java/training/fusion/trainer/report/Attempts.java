package training.fusion.trainer.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import training.fusion.trainer.TrainingFailure;

/**
 * When a run was worked on, by its ledger ({@code steps.log}).
 *
 * @param first start of the first attempt
 * @param last newest line
 * @param count how often a process began, or went on
 */
public record Attempts(Instant first, Instant last, int count) {

  /** Of a run's folder; empty if its ledger says nothing. */
  public static Optional<Attempts> read(Path runFolder) {
    Path file = runFolder.resolve("steps.log");
    try {
      List<String> lines = Files.readAllLines(file).stream().filter(l -> !l.isBlank()).toList();
      if (lines.isEmpty()) {
        return Optional.empty();
      }
      int starts = (int) lines.stream().filter(line -> line.contains(" start ")).count();
      return Optional.of(
          new Attempts(time(lines.get(0)), time(lines.get(lines.size() - 1)), starts));
    } catch (NoSuchFileException | DateTimeParseException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static Instant time(String line) {
    return Instant.parse(line.substring(0, Math.max(0, line.indexOf(' '))));
  }
}
