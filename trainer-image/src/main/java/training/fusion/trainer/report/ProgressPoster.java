package training.fusion.trainer.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.ProgressReport;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.http.Address;
import training.fusion.trainer.http.Credential;
import training.fusion.trainer.http.Exchange;

/**
 * Posts the newest report from a thread of its own: at most one in {@link #INTERVAL}, an urgent one
 * at once. Whoever offers a report never waits; what cannot be sent is told once per kind of
 * failure and forgotten, because the next report is complete in itself.
 */
public final class ProgressPoster implements ProgressListener, AutoCloseable {
  /** Least time between two reports that are not urgent. */
  public static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(ProgressPoster.class);
  private static final Duration LAST_POST = Duration.ofSeconds(2);
  private static final int LONGEST_ANSWER = 16 << 10;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI address;
  private final @Nullable Path tokenFile;
  private final Duration interval;
  private final Exchange exchange;
  private final Set<String> told = new HashSet<>();
  private final Thread thread;

  // guarded by this
  private @Nullable LongFunction<ProgressReport> newest;
  private boolean urgent;
  private boolean closing;
  private long regularFrom = System.nanoTime();
  private long refusedUntil = regularFrom;

  private long sequence; // of the thread

  /**
   * @param authority PEM certificates that the address's certificate must be signed by; null: those
   *     that Java trusts
   * @param tokenFile holds the bearer token, read anew for each report; null: none is sent
   * @param interval {@link #INTERVAL}, unless a test is in a hurry
   */
  public ProgressPoster(
      URI address, @Nullable String authority, @Nullable Path tokenFile, Duration interval) {
    this.address = address;
    // never by a proxy, and never to where another server points: the token is for the operator
    var settings =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(LAST_POST);
    if (authority != null) {
      settings.sslContext(CertificateAuthority.trusting(authority));
    }
    this.exchange = new Exchange(settings.build(), LAST_POST, LONGEST_ANSWER);
    this.tokenFile = tokenFile;
    this.interval = interval;
    this.thread = new Thread(this::postAll, "progress");
    thread.setDaemon(true);
    thread.start();
  }

  /** Replaces the report that waits to be sent. */
  @Override
  public synchronized void offer(LongFunction<ProgressReport> report) {
    newest = report;
    notifyAll();
  }

  /** As {@link #offer}, but sent at once. */
  @Override
  public synchronized void offerUrgent(LongFunction<ProgressReport> report) {
    urgent = true;
    offer(report);
  }

  private void postAll() {
    try {
      LongFunction<ProgressReport> report = take();
      while (report != null) {
        post(report.apply(++sequence));
        report = take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a report that is due; null when there is none left to send. */
  private synchronized @Nullable LongFunction<ProgressReport> take() throws InterruptedException {
    while (!closing && nanosecondsToWait() > 0) {
      if (newest == null) {
        wait();
      } else {
        TimeUnit.NANOSECONDS.timedWait(this, nanosecondsToWait());
      }
    }
    if (System.nanoTime() - refusedUntil < 0) {
      return null; // closing, and the operator has asked for silence
    }
    LongFunction<ProgressReport> report = newest;
    newest = null;
    urgent = false;
    regularFrom = System.nanoTime() + interval.toNanos();
    return report;
  }

  private long nanosecondsToWait() {
    if (newest == null) {
      return Long.MAX_VALUE;
    }
    long now = System.nanoTime();
    return Math.max(refusedUntil - now, urgent ? 0 : regularFrom - now);
  }

  private void post(ProgressReport report) throws InterruptedException {
    try {
      var request =
          HttpRequest.newBuilder(address)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(report)));
      if (tokenFile != null) {
        String token = Credential.token(Files.readString(tokenFile), "the file " + tokenFile);
        request.header("Authorization", "Bearer " + (token == null ? "" : token));
      }
      HttpResponse<byte[]> response = exchange.send(request.build());
      if (response.statusCode() / 100 != 2) {
        refused(response);
      }
    } catch (IOException | IllegalArgumentException | TrainingFailure e) {
      tellOnce(e.getClass().getSimpleName(), InWords.of(e));
    }
  }

  private void refused(HttpResponse<?> response) {
    tellOnce("status " + response.statusCode(), "answered " + response.statusCode());
    response
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("\\d{1,9}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .ifPresent(this::pause);
  }

  private synchronized void pause(Duration asked) {
    Duration pause = asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE;
    refusedUntil = System.nanoTime() + pause.toNanos();
  }

  private void tellOnce(String kind, String message) {
    if (told.add(kind)) {
      LOG.warn(
          "progress is not taken by {}: {} (training goes on)",
          Address.shown(address.toString()),
          message);
    }
  }

  /** Sends what waits, in at most {@link #LAST_POST} all together, and ends. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    try {
      thread.join(LAST_POST.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
