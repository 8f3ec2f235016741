package training.fusion.trainer.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The file {@code steps.log}: which pod trained which steps. Lines are only ever added:
 *
 * <pre>
 * 2026-01-01T10:00:00Z pod-uid start 0          began, or went on, after step 0
 * 2026-01-01T10:00:02Z pod-uid steps 1-17       trained these
 * 2026-01-01T10:00:02Z pod-uid checkpoint 17    saved after this one
 * 2026-01-01T10:00:04Z pod-uid finished 34      nothing is left to train
 * </pre>
 *
 * Steps are written at most once a second, and before each checkpoint; a killed pod leaves at most
 * its last second untold, and none of the steps that a checkpoint holds.
 */
public final class StepLedger implements AutoCloseable {
  private final FileChannel channel;
  private final String podUid;
  private final InstantSource clock;
  private long written;
  private long done;
  private Instant lastWrite;

  /** Opens the ledger of a run's folder and tells where this pod starts. */
  public StepLedger(Path runFolder, String podUid, long startStep, InstantSource clock)
      throws IOException {
    this.channel =
        FileChannel.open(
            runFolder.resolve("steps.log"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND);
    this.podUid = podUid;
    this.clock = clock;
    this.written = startStep;
    this.done = startStep;
    this.lastWrite = clock.instant();
    append("start " + startStep);
  }

  /** A step's update was made. */
  public void stepped(long step) throws IOException {
    done = step;
    if (ChronoUnit.MILLIS.between(lastWrite, clock.instant()) >= 1000) {
      flush();
    }
  }

  /** A checkpoint is about to be published that holds every step so far. */
  public void flush() throws IOException {
    if (done > written) {
      append("steps %d-%d".formatted(written + 1, done));
      written = done;
    }
  }

  /** A checkpoint with every step so far was published. */
  public void saved() throws IOException {
    append("checkpoint " + done);
    channel.force(true);
  }

  /** The run was trained to its end. */
  public void finished() throws IOException {
    flush();
    append("finished " + done);
    channel.force(true);
  }

  private void append(String event) throws IOException {
    lastWrite = clock.instant();
    String line = "%s %s %s%n".formatted(lastWrite.truncatedTo(ChronoUnit.SECONDS), podUid, event);
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    long end = channel.size();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      channel.truncate(end); // a full disk may have taken half of the line
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
