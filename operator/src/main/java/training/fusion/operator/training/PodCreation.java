package training.fusion.operator.training;

import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import training.fusion.operator.diagnosis.NoPod;
import training.fusion.operator.diagnosis.PendingDeadline;
import training.fusion.operator.job.JobView;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.watch.Observation;

/** Why a Job has made no pod: the Job controller says it in events, and nowhere else. */
@Singleton
class PodCreation {
  private static final Logger LOG = Logger.getLogger(PodCreation.class);
  private static final String FAILED = "FailedCreate";

  /** Words of Kubernetes', and which field of ours they are about. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "service account", "spec.pod.serviceAccountName",
          "PriorityClass", "spec.pod.priorityClassName",
          "RuntimeClass", "spec.pod.runtimeClassName",
          "usage per", "spec.pod.resources");

  private final KubernetesClient client;

  PodCreation(KubernetesClient client) {
    this.client = client;
  }

  /** The same, with the reason why there is no pod where there should be one and it is known. */
  Observation explained(Observation seen) {
    if (seen.refusal() != null || !(NoPod.isFound(seen) || PendingDeadline.isOver(seen))) {
      return seen;
    }
    return seen.job()
        .filter(job -> seen.newestPod().isEmpty())
        .flatMap(job -> lastFailure(seen, job))
        .map(words -> seen.with(new Refusal(Refusal.Kind.NO_POD, sentence(words))))
        .orElse(seen);
  }

  private Optional<String> lastFailure(Observation seen, JobView job) {
    return failures(seen.training().getMetadata().getNamespace(), job.uid()).stream()
        .max(Comparator.comparing(PodCreation::time))
        .map(Event::getNote)
        .map(note -> words(note, job.name()));
  }

  private List<Event> failures(String namespace, String jobUid) {
    try {
      return client
          .events()
          .v1()
          .events()
          .inNamespace(namespace)
          .withField("regarding.uid", jobUid)
          .withField("reason", FAILED)
          .list()
          .getItems();
    } catch (KubernetesClientException e) {
      LOG.debugf(e, "the events of Job %s are not to be had", jobUid);
      return List.of();
    }
  }

  private static String time(Event event) {
    return Stream.of(
            event.getSeries() == null ? null : event.getSeries().getLastObservedTime(),
            event.getEventTime())
        .filter(Objects::nonNull)
        .map(time -> time.getTime())
        .findFirst()
        .orElse(Objects.requireNonNullElse(event.getDeprecatedLastTimestamp(), ""));
  }

  /** Without what says nothing, and without the name of the pod that never was. */
  private static String words(String note, String job) {
    return note.replaceFirst("^\\(combined from similar events\\): ", "")
        .replaceFirst("^Error creating: ", "")
        .replaceFirst("[Pp]ods? \"" + job + "-[a-z0-9]*\" is (forbidden|invalid): ", "");
  }

  private static String sentence(String words) {
    String field =
        FIELDS.entrySet().stream()
            .filter(about -> words.contains(about.getKey()))
            .map(about -> "; see " + about.getValue())
            .findFirst()
            .orElse("");
    return "the Job can't make its pod: " + words + field;
  }
}
