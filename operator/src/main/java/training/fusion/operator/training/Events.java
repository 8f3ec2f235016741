package training.fusion.operator.training;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.status.Announcement;

/**
 * Tells what happened to a training by {@code events.k8s.io/v1} events. They are for people: nobody
 * waits for them, and one that can't be written is logged and forgotten.
 */
@Singleton
class Events {
  private static final Logger LOG = Logger.getLogger(Events.class);

  /** Few: of many trainings, what they need comes before what is told of them. */
  private static final int SENT_AT_ONCE = 3;

  /** Those that come when so many wait are forgotten; these take some 5 MiB. */
  private static final int MOST_WAITING = 10_000;

  private static final int LONGEST_SECONDS = 30;

  private final KubernetesClient client;
  private final InstantSource clock;
  private final AtomicLong lastName = new AtomicLong();
  private final Queue<TrainingEvent> waiting = new ArrayDeque<>();
  private int sending;

  Events(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Tells it, soon. */
  void tell(FusionTraining training, Announcement news) {
    LOG.infof("%s: %s: %s", training.getMetadata().getName(), news.reason(), news.message());
    Instant now = clock.instant();
    var event = TrainingEvent.of(training, news, now, next(now));
    if (!await(event)) {
      logFailure(event, MOST_WAITING + " wait to be written before it");
    }
    sendNext();
  }

  private synchronized boolean await(TrainingEvent event) {
    return waiting.size() < MOST_WAITING && waiting.add(event);
  }

  private void sendNext() {
    turn().ifPresent(this::send);
  }

  private synchronized Optional<TrainingEvent> turn() {
    if (sending == SENT_AT_ONCE || waiting.isEmpty()) {
      return Optional.empty();
    }
    sending++;
    return Optional.of(waiting.remove());
  }

  private void send(TrainingEvent event) {
    HttpClient http = client.getHttpClient();
    var unused = // sent sees what becomes of it
        http.sendAsync(
                http.newHttpRequestBuilder()
                    .uri(
                        client.getMasterUrl()
                            + "apis/events.k8s.io/v1/namespaces/"
                            + event.namespace()
                            + "/events")
                    .post("application/json", event.json().toString())
                    .build(),
                String.class)
            .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS) // those behind it are not lost with it
            .whenCompleteAsync((response, failure) -> sent(event, response, failure));
  }

  private void sent(
      TrainingEvent event, @Nullable HttpResponse<String> response, @Nullable Throwable failure) {
    if (response == null || !response.isSuccessful()) {
      logFailure(event, response == null ? failure : response.code() + " " + response.message());
    }
    synchronized (this) {
      sending--;
    }
    sendNext();
  }

  private static void logFailure(TrainingEvent event, @Nullable Object why) {
    LOG.warnf(
        "%s: the event %s could not be written: %s", event.training(), event.news().reason(), why);
  }

  // kubectl describe lists the events of this API in the order of their names
  private String next(Instant now) {
    long nanoseconds = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    return Long.toHexString(
        lastName.accumulateAndGet(nanoseconds, (last, time) -> Math.max(last + 1, time)));
  }
}
