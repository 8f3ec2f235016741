package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;

/**
 * Brings a remote file here, through cut connections and killed processes: what has come stays in
 * the file, and the next attempt asks for the rest.
 */
final class Download {
  private static final Logger LOG = LoggerFactory.getLogger(Download.class);
  private static final Path NO_FILE = Path.of("/dev/null");
  private static final int PIECE = 1 << 16;
  private static final long TOLD_EVERY = TimeUnit.SECONDS.toNanos(10);

  private final FetchListener listener;
  private final Patience patience;
  private final Room room;

  /**
   * How long a server is waited for.
   *
   * @param attempts in a row that bring nothing, before it is given up
   * @param pause before the second attempt; doubled before each one after it
   * @param silence time in which at least {@code least} has to come
   * @param least bytes; an attempt that brings fewer brings nothing
   */
  record Patience(int attempts, Duration pause, Duration silence, long least) {
    static final Patience USUAL =
        new Patience(7, Duration.ofSeconds(1), Duration.ofSeconds(60), 1 << 16);
  }

  Download(FetchListener listener, Patience patience, Room room) {
    this.listener = listener;
    this.patience = patience;
    this.room = room;
  }

  /**
   * Makes {@code target} the whole file.
   *
   * @param target may hold the beginning already; {@code target}.version says of which content
   * @throws TrainingFailure TemporaryIo if the server can't be reached; what it says otherwise
   */
  void run(RemoteFile file, Path target) {
    patiently(
        file.address(),
        target,
        () -> {
          attempt(file, target);
          return target;
        });
  }

  /** A question to a server. */
  interface Question<T> {
    /** Asks once; IOException if another time may succeed. */
    T ask() throws IOException;
  }

  /** Asks until there is an answer, or too often. */
  <T> T ask(String address, Question<T> question) {
    return patiently(address, NO_FILE, question);
  }

  private <T> T patiently(String address, Path target, Question<T> question) {
    Duration pause = patience.pause();
    int failures = 0;
    while (true) {
      long before = size(target);
      try {
        listener.mayGoOn();
        return question.ask();
      } catch (IOException e) {
        boolean more = size(target) - before >= patience.least();
        failures = more ? 1 : failures + 1;
        pause = more ? patience.pause() : pause;
        if (failures >= patience.attempts()) {
          throw TrainingFailure.temporaryIo(
              "%s could not be fetched, %d attempts brought nothing more after %s: %s; is the server up, and may pods reach it?"
                  .formatted(address, failures, bytes(size(target)), InWords.of(e)),
              e);
        }
        LOG.warn(
            "{}: {}; goes on after {} in {} s",
            address,
            InWords.of(e),
            bytes(size(target)),
            pause.toMillis() / 1000.0);
        pause(pause);
        pause = pause.multipliedBy(2);
      }
    }
  }

  private void attempt(RemoteFile file, Path target) throws IOException {
    Path versionFile = target.resolveSibling(target.getFileName() + ".version");
    String version = Files.exists(versionFile) ? Files.readString(versionFile) : null;
    RemoteFile.Answer answer;
    try {
      answer = file.open(size(target), version);
    } catch (RemoteFile.OtherContent e) {
      Files.deleteIfExists(target);
      Files.deleteIfExists(versionFile);
      throw e;
    }
    try (InputStream body = answer.body();
        Slowness slowness = new Slowness(body, patience);
        FileChannel channel =
            FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      checkRoom(file, answer, target, answer.size() - answer.from());
      channel.truncate(answer.from()).position(answer.from());
      remember(versionFile, answer.version());
      copy(file, answer, target, channel, slowness);
      if (answer.size() >= 0 && channel.position() != answer.size()) {
        throw new IOException(
            "the connection ended after %d of %d bytes"
                .formatted(channel.position(), answer.size()));
      }
      write(target, () -> channel.force(true));
    }
    Files.deleteIfExists(versionFile);
  }

  private void copy(
      RemoteFile file,
      RemoteFile.Answer answer,
      Path target,
      FileChannel channel,
      Slowness slowness)
      throws IOException {
    InputStream body = answer.body();
    byte[] piece = new byte[PIECE];
    long told = System.nanoTime();
    long looked = channel.position();
    String activity = "fetching " + file.address();
    for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
      ByteBuffer bytes = ByteBuffer.wrap(piece, 0, count);
      write(
          target,
          () -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
      slowness.came(count);
      if (answer.size() >= 0 && channel.position() > answer.size()) {
        throw TrainingFailure.badData(
            "%s: the server announced %d bytes and sends more"
                .formatted(file.address(), answer.size()));
      }
      if (channel.position() - looked >= Room.LOOK_EVERY) {
        looked = channel.position();
        checkRoom(file, answer, target, 0);
      }
      listener.moved(activity);
      listener.mayGoOn();
      if (System.nanoTime() - told > TOLD_EVERY) {
        told = System.nanoTime();
        LOG.info(
            "{}: {}{}",
            activity,
            bytes(channel.position()),
            answer.size() < 0 ? "" : " of " + bytes(answer.size()));
      }
    }
  }

  /**
   * A file that does not fit is given up, and what has come of it removed: others need the room.
   */
  private void checkRoom(RemoteFile file, RemoteFile.Answer answer, Path target, long more)
      throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || room.left(folder) >= Math.max(0, more)) {
      return;
    }
    long came = size(target);
    Files.deleteIfExists(target);
    String help =
        "a part of the volume is kept for checkpoints; free some, or take a larger volume";
    if (answer.size() < 0) {
      throw TrainingFailure.badData(
          "%s has no end that the volume of %s has room for: the server tells no length, and %s have come; %s"
              .formatted(file.address(), folder, bytes(came), help));
    }
    throw TrainingFailure.temporaryIo(
        "%s has %s, and the volume of %s has no room for them; %s"
            .formatted(file.address(), bytes(answer.size()), folder, help),
        new IOException("no room"));
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** A full disk is no fault of the server, and is not tried again here. */
  private static void write(Path target, Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw Durable.failure(target, e);
    }
  }

  private static void remember(Path file, @Nullable String version) throws IOException {
    if (version == null) {
      Files.deleteIfExists(file);
    } else {
      Files.writeString(file, version);
    }
  }

  private void pause(Duration length) {
    long end = System.nanoTime() + length.toNanos();
    try {
      for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
        listener.mayGoOn();
        TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TrainingFailure.temporaryIo("the fetch was interrupted", e);
    }
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  static String bytes(long count) {
    return count < 10_000_000
        ? count + " bytes"
        : String.format(Locale.ROOT, "%.1f MB", count / 1e6);
  }

  /** Closes a stream that gives too little in its time: a read has no time limit of its own. */
  private static final class Slowness implements AutoCloseable {
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              var thread = new Thread(task, "download-slowness");
              thread.setDaemon(true);
              return thread;
            });
    private final InputStream stream;
    private final long least;
    private final AtomicLong came = new AtomicLong();

    Slowness(InputStream stream, Patience patience) {
      this.stream = stream;
      this.least = patience.least();
      long interval = Math.max(1, patience.silence().toMillis());
      var unused =
          timer.scheduleWithFixedDelay(this::look, interval, interval, TimeUnit.MILLISECONDS);
    }

    void came(long bytes) {
      came.addAndGet(bytes);
    }

    private void look() {
      if (came.getAndSet(0) < least) {
        try {
          stream.close();
        } catch (IOException e) {
          LOG.debug("closed for slowness", e);
        }
      }
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }
}
