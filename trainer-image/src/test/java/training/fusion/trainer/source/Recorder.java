package training.fusion.trainer.source;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;

/** A listener that keeps what it is told, and can end a fetch. */
final class Recorder implements FetchListener {
  final List<String> told = new CopyOnWriteArrayList<>();
  private final int pieces;

  private Recorder(int pieces) {
    this.pieces = pieces;
  }

  static Recorder patient() {
    return new Recorder(Integer.MAX_VALUE);
  }

  /** Ends the fetch after so many pieces, as a signal would. */
  static Recorder stoppingAfter(int pieces) {
    return new Recorder(pieces);
  }

  @Override
  public void moved(String activity) {
    told.add(activity);
  }

  @Override
  public void mayGoOn() {
    if (told.size() >= pieces) {
      throw new TrainingFailure(ExitCode.TERMINATED, "Terminated", "stopped", null);
    }
  }
}
