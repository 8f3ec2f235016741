package training.fusion.trainer.report.page;

import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunResult;

/**
 * How a run stands.
 *
 * @param look class of its colour: running, succeeded, stopped, failed
 * @param message what went wrong, for a person; absent if nothing
 */
public record State(String name, String look, @Nullable String message) {
  private static final String GONE =
      "no process trains it any more, and the last one has left no word: it was killed. What it had"
          + " saved is kept, and the same command goes on from there.";

  static State of(RunRecord run) {
    RunResult result = run.result();
    if (run.abandoned()) {
      return new State("Interrupted", "stopped", GONE);
    }
    if (result == null) {
      return new State("Training", "running", null);
    }
    RunResult.Failure failure = result.failure();
    if (failure == null) {
      return new State("Succeeded", "succeeded", null);
    }
    if (result.hasStopped()) {
      return new State(result.hasPaused() ? "Paused" : "Stopped", "stopped", failure.message());
    }
    return new State("Failed: " + failure.reason(), "failed", failure.message());
  }
}
