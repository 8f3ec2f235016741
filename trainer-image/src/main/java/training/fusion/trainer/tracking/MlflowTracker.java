package training.fusion.trainer.tracking;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.Tracking.Mlflow;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.HistoryRow;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.http.Address;

/**
 * Tells an MLflow server how the run goes, from a thread of its own: whoever trains never waits.
 * What waits to be told is the newest history, complete in itself; so nothing piles up while the
 * server is away, and all is made up for at the next epoch that finds it back.
 */
final class MlflowTracker implements Tracker {
  /** How long the process's end may be held up. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(15);

  /** The same where a model is sent, too. */
  private static final Duration LAST_FILES = Duration.ofMinutes(10);

  private static final Duration SLICE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(MlflowTracker.class);

  private final RunConfiguration configuration;
  private final Mlflow asked;
  private final Path folder;
  private final List<String> groups;
  private final BooleanSupplier mayWait;
  private final MlflowServer server;
  private final Thread thread;

  private volatile List<HistoryRow> newest;

  // guarded by this
  private @Nullable News news;

  // of the thread
  private @Nullable MlflowRun run;
  private boolean warned;

  /**
   * What is to be told.
   *
   * @param result absent while the attempt goes on
   */
  private record News(List<HistoryRow> history, @Nullable RunResult result) {}

  /**
   * Begins with what the run has behind it.
   *
   * @param groups names, in the order of a history row's learning rates
   * @param mayWait whether to wait on while a model is sent; asked every second
   * @throws TrainingFailure if the server's address is none
   */
  MlflowTracker(
      RunConfiguration configuration,
      Mlflow asked,
      Path folder,
      RunState start,
      List<String> groups,
      BooleanSupplier mayWait) {
    this.configuration = configuration;
    this.asked = asked;
    this.folder = folder;
    this.groups = groups;
    this.mayWait = mayWait;
    this.server = new MlflowServer(asked.trackingUri(), System.getenv());
    this.newest = start.history();
    this.news = new News(newest, null);
    this.thread = new Thread(this::tellAll, "mlflow");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void evaluated(RunState state) {
    newest = state.history();
    offer(new News(newest, null));
  }

  /** Waits, but not for long, until the server has taken it. */
  @Override
  public void ended(RunResult result) {
    offer(new News(newest, result));
    try {
      if (sendsFiles(result)) {
        long end = System.nanoTime() + LAST_FILES.toNanos();
        while (thread.isAlive() && System.nanoTime() - end < 0 && mayWait.getAsBoolean()) {
          thread.join(SLICE.toMillis());
        }
      } else {
        thread.join(LAST_WORDS.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean sendsFiles(RunResult result) {
    return Boolean.TRUE.equals(asked.artifacts()) && result.failure() == null;
  }

  private synchronized void offer(News latest) {
    news = latest;
    notifyAll();
  }

  private synchronized News take() throws InterruptedException {
    while (news == null) {
      wait();
    }
    News taken = news;
    news = null;
    return taken;
  }

  private void tellAll() {
    try {
      News taken;
      do {
        taken = take();
        tell(taken);
      } while (taken.result == null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(News taken) throws InterruptedException {
    try {
      MlflowRun open = run;
      if (open == null) {
        open = MlflowRun.open(server, configuration, asked, folder, InstantSource.system());
        run = open;
      }
      open.tell(configuration, taken.history, groups);
      RunResult result = taken.result;
      if (result != null) {
        sendFiles(open, result);
        open.end(result);
      }
    } catch (IOException | RuntimeException e) { // no answer of a server ends a training
      warn("what it is told", e);
    }
  }

  /** Before the run's end is told, which comes whatever has become of this. */
  private void sendFiles(MlflowRun open, RunResult result) throws InterruptedException {
    if (sendsFiles(result)) {
      try {
        open.sendArtifacts(folder);
      } catch (IOException | RuntimeException e) {
        warn("artifacts", e);
      }
    }
  }

  private void warn(String what, Exception e) {
    if (!warned) {
      warned = true;
      LOG.warn(
          "tracking.mlflow: {} does not take {}: {} (training goes on)",
          Address.shown(asked.trackingUri()),
          what,
          InWords.of(e));
    }
  }
}
