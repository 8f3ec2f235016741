package training.fusion.operator.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.bounds.Shortened;
import training.fusion.operator.status.Announcement;

/**
 * What an event is made of. Thousands may wait to be sent, so it holds neither the training nor its
 * own JSON: some 500 bytes instead of 10 KiB.
 *
 * @param name of the event
 * @param training name of the training, in the event's namespace
 */
record TrainingEvent(
    String namespace,
    String name,
    String training,
    String trainingUid,
    String resourceVersion,
    Instant time,
    Announcement news) {
  private static final String CONTROLLER = "fusion.training/operator";
  private static final String ACTION = "Reconcile";

  // bytes, each of them, in the API server's validation of events
  private static final int LONGEST_NOTE = 1024;
  private static final int LONGEST_WORD = 128;

  private static final String INSTANCE = instance();

  /** All six digits: the API server takes no shorter fraction. */
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  static TrainingEvent of(FusionTraining training, Announcement news, Instant time, String suffix) {
    ObjectMeta metadata = training.getMetadata();
    return new TrainingEvent(
        metadata.getNamespace(),
        metadata.getName() + "." + suffix,
        metadata.getName(),
        metadata.getUid(),
        metadata.getResourceVersion(),
        time,
        news);
  }

  /** As {@code events.k8s.io/v1} has it. */
  ObjectNode json() {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("apiVersion", "events.k8s.io/v1").put("kind", "Event");
    event.putObject("metadata").put("namespace", namespace).put("name", name);
    event
        .put("eventTime", MICROSECONDS.format(time))
        .put("reportingController", CONTROLLER)
        .put("reportingInstance", INSTANCE)
        .put("action", ACTION)
        .put("type", news.type())
        .put("reason", Shortened.toBytes(news.reason(), LONGEST_WORD))
        .put("note", Shortened.toBytes(news.message(), LONGEST_NOTE));
    event
        .putObject("regarding")
        .put("apiVersion", FusionTraining.GROUP + "/" + FusionTraining.VERSION)
        .put("kind", FusionTraining.KIND)
        .put("namespace", namespace)
        .put("name", training)
        .put("uid", trainingUid)
        .put("resourceVersion", resourceVersion);
    return event;
  }

  private static String instance() {
    try {
      return Shortened.toBytes(InetAddress.getLocalHost().getHostName(), LONGEST_WORD);
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
