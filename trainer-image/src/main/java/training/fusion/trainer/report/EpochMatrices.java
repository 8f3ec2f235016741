package training.fusion.trainer.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.JsonFile;

/**
 * The files {@code confusion/epoch-N.json}: a confusion matrix of each epoch, see {@link
 * MatrixSummary}.
 */
public final class EpochMatrices {
  private static final String FOLDER = "confusion";

  private EpochMatrices() {}

  /** Writes an epoch's file, from 1, into the run's folder. */
  public static void write(Path runFolder, int epoch, MatrixSummary matrix) {
    try {
      Files.createDirectories(runFolder.resolve(FOLDER));
    } catch (IOException e) {
      throw Durable.failure(runFolder.resolve(FOLDER), e);
    }
    JsonFile.write(file(runFolder, epoch), matrix);
  }

  /**
   * Those of the epochs up to one, by epoch: no more than so many, evenly spaced, the last one
   * among them. Epochs of which there is none are left out.
   *
   * @param classes that they must have
   */
  public static SortedMap<Integer, MatrixSummary> read(
      Path runFolder, int epochs, int most, int classes) {
    SortedMap<Integer, MatrixSummary> found = new TreeMap<>();
    int chosen = Math.min(most, epochs);
    for (int i = 0; i < chosen; i++) {
      int epoch = chosen == 1 ? epochs : 1 + (int) ((long) i * (epochs - 1) / (chosen - 1));
      Optional<MatrixSummary> matrix =
          JsonFile.readOrPassOver(file(runFolder, epoch), MatrixSummary.class);
      matrix.filter(one -> one.classes() == classes).ifPresent(one -> found.put(epoch, one));
    }
    return found;
  }

  private static Path file(Path runFolder, int epoch) {
    return runFolder.resolve(FOLDER).resolve("epoch-%d.json".formatted(epoch));
  }
}
