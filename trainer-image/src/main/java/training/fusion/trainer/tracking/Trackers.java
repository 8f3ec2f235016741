package training.fusion.trainer.tracking;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.Artifacts;
import training.fusion.api.ReportSettings;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.optim.StepOutcome;
import training.fusion.trainer.report.EvaluatedPart;

/** All who follow a training. None of them can fail it: what goes wrong is told once for each. */
public final class Trackers {
  private static final Logger LOG = LoggerFactory.getLogger(Trackers.class);

  private final List<Tracker> trackers;
  private final Set<Tracker> told = new HashSet<>();

  private Trackers(List<Tracker> trackers) {
    this.trackers = List.copyOf(trackers);
  }

  /**
   * Those that a run asks for; they are told that it begins.
   *
   * @param start what the run has behind it
   * @param groups names of the groups that are trained, low level first
   * @param mayWait is told again and again that the run's end is waited for, and says whether to
   * @throws TrainingFailure if a folder of theirs cannot be written, or an address is none
   */
  public static Trackers of(
      RunConfiguration run,
      Path runFolder,
      RunState start,
      List<String> groups,
      BooleanSupplier mayWait) {
    var trackers = new ArrayList<Tracker>();
    boolean pictures = ReportSettings.showsPictures(run.report());
    // before those who send it
    trackers.add(new PageTracker(runFolder, groups, pictures, System::nanoTime));
    if (run.tracking() != null && Boolean.TRUE.equals(run.tracking().tensorboard())) {
      try {
        trackers.add(new TensorBoardTracker(run, runFolder, start.step(), InstantSource.system()));
      } catch (IOException e) {
        throw Durable.failure(runFolder.resolve("tensorboard"), e);
      }
    }
    if (run.tracking() != null && run.tracking().mlflow() != null) {
      trackers.add(
          new MlflowTracker(run, run.tracking().mlflow(), runFolder, start, groups, mayWait));
    }
    Artifacts artifacts = run.artifacts();
    if (artifacts != null && Boolean.TRUE.equals(artifacts.eachEpoch())) {
      trackers.add(new ArtifactTracker(run, artifacts.s3(), runFolder));
    }
    var all = new Trackers(trackers);
    all.each(tracker -> tracker.begun(start));
    return all;
  }

  /** The run has come so far; told after each step. */
  public void moved(RunState state) {
    each(tracker -> tracker.moved(state));
  }

  /** A step was made; {@code step} counts from 1 over the whole run. */
  public void stepped(long step, StepOutcome outcome) {
    each(tracker -> tracker.stepped(step, outcome));
  }

  /**
   * The weights of an epoch were evaluated on the images that epochs are compared by.
   *
   * @param part those images
   */
  public void evaluated(EvaluatedPart found, Part part) {
    each(tracker -> tracker.evaluated(found, part));
  }

  /** An epoch was evaluated: the newest of the state's history. */
  public void evaluated(RunState state) {
    each(tracker -> tracker.evaluated(state));
  }

  /** The process ends its part of the run, in success or not; the result's file is written. */
  public void ended(RunResult result) {
    each(tracker -> tracker.ended(result));
  }

  private interface Telling {
    void tell(Tracker tracker) throws IOException;
  }

  private void each(Telling telling) {
    for (Tracker tracker : trackers) {
      try {
        telling.tell(tracker);
      } catch (IOException | UncheckedIOException | TrainingFailure | IllegalArgumentException e) {
        if (told.add(tracker)) {
          LOG.warn("{}: {} (training goes on)", tracker.getClass().getSimpleName(), InWords.of(e));
        }
      }
    }
  }
}
