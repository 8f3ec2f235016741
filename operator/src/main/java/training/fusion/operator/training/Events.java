package training.fusion.operator.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
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
  private static final String CONTROLLER = "fusion.training/operator";
  private static final String ACTION = "Reconcile";

  /** All six digits: the API server takes no shorter fraction. */
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** Events that are sent at once. */
  private static final int LANES = 3;

  private static final int LONGEST_SECONDS = 30;
  private static final int LONGEST_NOTE = 1024;
  private static final int LONGEST_INSTANCE = 128;

  private final KubernetesClient client;
  private final InstantSource clock;
  private final String instance = instance();
  private final AtomicLong lastName = new AtomicLong();

  /** The last event of each lane. */
  private final List<CompletableFuture<?>> lanes =
      new ArrayList<>(Collections.nCopies(LANES, CompletableFuture.completedFuture(null)));

  Events(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Tells it, soon. */
  void tell(FusionTraining training, Announcement news) {
    LOG.infof("%s: %s: %s", training.getMetadata().getName(), news.reason(), news.message());
    HttpClient http = client.getHttpClient();
    String namespace = training.getMetadata().getNamespace();
    var request =
        http.newHttpRequestBuilder()
            .uri(
                client.getMasterUrl() + "apis/events.k8s.io/v1/namespaces/" + namespace + "/events")
            .post("application/json", event(training, news).toString())
            .build();
    afterTheOthers(
        () ->
            http.sendAsync(request, String.class)
                .orTimeout(
                    LONGEST_SECONDS, TimeUnit.SECONDS) // those behind it are not lost with it
                .whenComplete(
                    (response, failure) -> logFailure(training, news, response, failure)));
  }

  // Few at a time: of many trainings, what they need comes before what is told of them.
  private synchronized void afterTheOthers(Supplier<CompletableFuture<?>> send) {
    Collections.rotate(lanes, 1);
    lanes.set(0, lanes.get(0).handle((answer, failure) -> answer).thenCompose(it -> send.get()));
  }

  private static void logFailure(
      FusionTraining training,
      Announcement news,
      @Nullable HttpResponse<String> response,
      @Nullable Throwable failure) {
    if (response == null || !response.isSuccessful()) {
      LOG.warnf(
          "%s: the event %s could not be written: %s",
          training.getMetadata().getName(),
          news.reason(),
          response == null ? failure : response.code() + " " + response.message());
    }
  }

  private ObjectNode event(FusionTraining training, Announcement news) {
    Instant now = clock.instant();
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("apiVersion", "events.k8s.io/v1").put("kind", "Event");
    event
        .putObject("metadata")
        .put("namespace", training.getMetadata().getNamespace())
        .put("name", training.getMetadata().getName() + "." + next(now));
    event
        .put("eventTime", MICROSECONDS.format(now))
        .put("reportingController", CONTROLLER)
        .put("reportingInstance", instance)
        .put("action", ACTION)
        .put("type", news.type())
        .put("reason", news.reason())
        .put("note", cut(news.message(), LONGEST_NOTE));
    event
        .putObject("regarding")
        .put("apiVersion", training.getApiVersion())
        .put("kind", training.getKind())
        .put("namespace", training.getMetadata().getNamespace())
        .put("name", training.getMetadata().getName())
        .put("uid", training.getMetadata().getUid())
        .put("resourceVersion", training.getMetadata().getResourceVersion());
    return event;
  }

  // kubectl describe lists the events of this API in the order of their names
  private String next(Instant now) {
    long nanoseconds = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    return Long.toHexString(
        lastName.accumulateAndGet(nanoseconds, (last, time) -> Math.max(last + 1, time)));
  }

  private static String instance() {
    try {
      return cut(InetAddress.getLocalHost().getHostName(), LONGEST_INSTANCE);
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }
}
