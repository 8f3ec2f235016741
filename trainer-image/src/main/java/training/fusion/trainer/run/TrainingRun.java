package training.fusion.trainer.run;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResultBuilder;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.process.FailureDescriptions;
import training.fusion.trainer.process.LastWords;
import training.fusion.trainer.process.ProcessEnd;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.process.Watchdog;
import training.fusion.trainer.report.ProgressPoster;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.train.ProgressReporter;
import training.fusion.trainer.train.Settings;

/** One pod's part in a run. Every way in which it can end is told in the result. */
public final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  private final RunConfiguration run;
  private final RunFolders place;
  private final StopSignal stop;
  private final RunOptions options;
  private final ResultFile result;
  private volatile @Nullable FoundFolder found;
  private volatile @Nullable SessionOpening opening;
  private volatile @Nullable Session session;
  private boolean told;

  /** A run that is not begun. */
  public TrainingRun(RunConfiguration run, RunFolders place, StopSignal stop, RunOptions options) {
    this.run = run;
    this.place = place;
    this.stop = stop;
    this.options = options;
    this.result = new ResultFile(place.run(), place.messageFile());
  }

  /** Trains, or goes on, or repeats the result of a run that is finished; says how that ended. */
  public ExitCode execute() {
    stop.toldBy(this::failed);
    try (Watchdog watchdog = watchdog()) {
      Settings settings = Settings.of(run);
      found = FoundFolder.open(place.run(), run);
      try (RunLock lock = RunLock.take(place.run(), place.podUid())) {
        Optional<RunResult> finished =
            options.prolonged() ? Optional.empty() : result.finished(run.runKey());
        if (finished.isPresent()) {
          LOG.info("{} was trained to its end before: its result is told again", run.name());
          tellAgain(finished.get());
          keepInTheEnd(settings);
          return send(finished.get(), watchdog);
        }
        return send(train(settings, lock, watchdog), watchdog);
      }
    } catch (Throwable e) { // whatever it was, these are the pod's last words
      return failed(FailureDescriptions.describe(e));
    }
  }

  /** Whoever has lost what the run's last pod said may lack its last report, too. */
  private void tellAgain(RunResult finished) {
    try (ProgressPoster poster = place.poster()) {
      if (poster != null) {
        poster.offerUrgent(sequence -> ProgressReporter.of(finished, sequence));
      }
    }
    result.writeMessage(finished);
  }

  private RunResult train(Settings settings, RunLock lock, Watchdog watchdog) throws Exception {
    ResultsSent.check(run, place.run());
    var begun = new SessionOpening(settings, place, lock, stop, watchdog, options);
    opening = begun;
    try (Session opened = begun.open()) {
      session = opened;
      stop.savesFromNowOn(opened::unsaved);
      RunResult trained = opened.train();
      result.writeSuccess(trained);
      opened.ended(trained);
      keepInTheEnd(settings);
      return trained;
    }
  }

  /** The result is written: whatever becomes of this, nothing of it is lost, or trained again. */
  private ExitCode send(RunResult trained, Watchdog watchdog) {
    try {
      ResultsSent.send(run, place.run(), stop, watchdog);
      return ExitCode.SUCCESS;
    } catch (TrainingFailure e) {
      return tellNotSent(trained, e);
    }
  }

  private synchronized ExitCode tellNotSent(RunResult trained, TrainingFailure failure) {
    if (!told) {
      told = true;
      LOG.error("{}", failure.getMessage());
      result.writeMessage(RunResultBuilder.builder(trained).failure(failure.toFailure()).build());
    }
    return failure.exitCode();
  }

  /** The run has its model: what was kept to go on from has served. */
  private void keepInTheEnd(Settings settings) {
    try {
      CheckpointStore.keepNewest(place.run(), settings.keepInTheEnd());
    } catch (IOException e) {
      LOG.warn("checkpoints that are too many could not be removed: {}", InWords.of(e));
    }
  }

  private Watchdog watchdog() {
    Integer seconds = run.progressDeadlineSeconds();
    return seconds == null
        ? Watchdog.asleep()
        : new Watchdog(
            Duration.ofSeconds(seconds),
            activity -> {
              try {
                LastWords.say(() -> failed(FailureDescriptions.stalled(activity, seconds)));
              } finally {
                // the training thread may be inside a native call that never returns
                ProcessEnd.now(ExitCode.INTERNAL.code());
              }
            });
  }

  /** Tells it once: a signal may come while a failure is told, and the first words stand. */
  private synchronized ExitCode failed(TrainingFailure failure) {
    if (told) {
      return failure.exitCode();
    }
    told = true;
    if (failure.exitCode() == ExitCode.SUCCESS) {
      LOG.info("{}", failure.getMessage());
    } else {
      LOG.error("{}", failure.getMessage());
    }
    Session known = session;
    if (known == null) {
      leave(failure);
    } else {
      RunResult failed = known.result(failure.toFailure(), null);
      result.writeFailure(failed);
      known.ended(failed);
    }
    return failure.exitCode();
  }

  /** Whatever was refused, or ended, before it was opened has changed nothing. */
  private void leave(TrainingFailure failure) {
    result.writeMessage(nothingKnown(run.runKey(), failure));
    SessionOpening begun = opening;
    if (begun != null && failure.exitCode() != ExitCode.BAD_CONFIGURATION) {
      begun.keepLearnt();
    }
    FoundFolder folder = found;
    if (folder != null) {
      folder.leave();
    }
  }

  /** Tells of a run whose configuration could not be read. */
  public static void tellUnread(RunFolders place, TrainingFailure failure) {
    new ResultFile(place.run(), place.messageFile()).writeMessage(nothingKnown("", failure));
  }

  private static RunResult nothingKnown(String runKey, TrainingFailure failure) {
    return RunResultBuilder.builder()
        .contractVersion(RunConfiguration.CONTRACT_VERSION)
        .runKey(runKey)
        .failure(failure.toFailure())
        .build();
  }
}
