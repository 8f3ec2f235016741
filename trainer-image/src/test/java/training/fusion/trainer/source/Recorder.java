package training.fusion.trainer.source;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;

/** A listener that keeps what it is told, and can end a fetch. */
final class Recorder implements FetchListener {
  final List<String> told = new CopyOnWriteArrayList<>();
  private final Predicate<String> counted;
  private final int pieces;

  private Recorder(Predicate<String> counted, int pieces) {
    this.counted = counted;
    this.pieces = pieces;
  }

  static Recorder patient() {
    return new Recorder(told -> true, Integer.MAX_VALUE);
  }

  /** Ends the fetch after so many pieces, as a signal would. */
  static Recorder stoppingAfter(int pieces) {
    return stoppingAt(told -> true, pieces);
  }

  /** The same, where only some pieces count. */
  static Recorder stoppingAt(Predicate<String> counted, int pieces) {
    return new Recorder(counted, pieces);
  }

  @Override
  public void moved(String activity) {
    told.add(activity);
  }

  @Override
  public void mayGoOn() {
    if (told.stream().filter(counted).count() >= pieces) {
      throw new TrainingFailure(ExitCode.TERMINATED, "Terminated", "stopped", null);
    }
  }
}
