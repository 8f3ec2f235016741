package training.fusion.trainer.tracking;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.Source;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.InWords;
import training.fusion.trainer.artifact.ArtifactBucket;
import training.fusion.trainer.artifact.RunArtifacts;
import training.fusion.trainer.checkpoint.RunState;

/**
 * Sends report and figures to a bucket after each epoch, from a thread of its own: whoever trains
 * never waits. An epoch that ends while the one before is being sent is sent with the next.
 */
final class ArtifactTracker implements Tracker {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactTracker.class);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration LAST_WORDS = Duration.ofSeconds(15);

  private final Path folder;
  private final ArtifactBucket bucket;
  private final ExecutorService sender;
  private volatile boolean warned;

  ArtifactTracker(RunConfiguration run, Source.S3 s3, Path folder) {
    this.folder = folder;
    this.bucket = new ArtifactBucket(run, s3, folder, System.getenv());
    this.sender =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(1),
            task -> {
              var thread = new Thread(task, "artifacts");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
  }

  @Override
  public void evaluated(RunState state) {
    sender.execute(this::send);
  }

  private void send() {
    try {
      bucket.send(RunArtifacts.figures(folder), false, LONGEST, activity -> {});
    } catch (RuntimeException e) { // no answer of a server ends a training
      if (!warned) {
        warned = true;
        LOG.warn("artifacts.eachEpoch: {} (training goes on)", InWords.of(e));
      }
    }
  }

  @Override
  public void ended(RunResult result) {
    sender.shutdown();
    try {
      if (!sender.awaitTermination(LAST_WORDS.toSeconds(), TimeUnit.SECONDS)) {
        sender.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    bucket.close();
  }
}
