package training.fusion.trainer.train;

import java.util.List;
import java.util.Locale;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.optim.ParameterGroup;

/**
 * How much a run writes into its folder, by its tables: at most so much, for of the best epoch's
 * weights there may be one file for each checkpoint, or they may all be the same one.
 *
 * @param whileTraining bytes, when the newest checkpoint is written and the oldest is still there
 * @param inTheEnd bytes, once the run has succeeded
 * @param checkpointsInTheEnd how many of them stay beside the model
 */
public record DiskNeed(long whileTraining, long inTheEnd, int checkpointsInTheEnd) {
  /** Records, report and program texts; they grow with epochs and classes. */
  private static final long SMALL_FILES = 2_000_000;

  /** Of a training with this network and these groups. */
  public static DiskNeed of(
      Settings settings, ArchitectureTable table, List<ParameterGroup> groups) {
    long parameters = table.parameters().stream().mapToLong(p -> p.size()).sum();
    long weights =
        Float.BYTES * parameters + table.buffers().stream().mapToLong(DiskNeed::bytes).sum();
    long state = 0;
    for (ParameterGroup group : groups) {
      state += Float.BYTES * group.parameters() * group.rule().slots().size();
    }
    int kinds = settings.ema() == null ? 1 : 2; // trained weights, and averaged ones
    long best = settings.selectBest() ? kinds * weights : 0;
    long checkpoint = kinds * weights + state;
    return new DiskNeed(
        (settings.keep() + 1) * (checkpoint + best) + SMALL_FILES,
        2L * kinds * weights + settings.keepInTheEnd() * checkpoint + SMALL_FILES,
        settings.keepInTheEnd());
  }

  /** {@code at most 665 MB while it trains, 345 MB once it has succeeded, with 1 checkpoint}. */
  public String words() {
    return "at most %s while it trains, %s once it has succeeded, with %s"
        .formatted(
            size(whileTraining),
            size(inTheEnd),
            checkpointsInTheEnd == 0
                ? "no checkpoint"
                : checkpointsInTheEnd == 1 ? "1 checkpoint" : checkpointsInTheEnd + " checkpoints");
  }

  /** Bytes in words, as file managers have them. */
  public static String size(long bytes) {
    return bytes < 1_000_000_000
        ? "%d MB".formatted((bytes + 999_999) / 1_000_000)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  private static long bytes(BufferSpec buffer) {
    if (buffer.counter()) {
      return Long.BYTES;
    }
    return buffer.isConstant()
        ? (long) Long.BYTES * buffer.constant().size()
        : (long) Float.BYTES * buffer.channels();
  }
}
