package training.fusion.operator.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.operator.bounds.StatusSchema;
import training.fusion.operator.configuration.OperatorConfiguration;
import training.fusion.operator.diagnosis.Beginning;
import training.fusion.operator.diagnosis.Diagnosis;
import training.fusion.operator.diagnosis.FailureHistory;
import training.fusion.operator.diagnosis.Outcome;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.resource.MergePatch;
import training.fusion.operator.watch.Observation;

/**
 * What has to change in a training's status so that it is true.
 *
 * @param patch a JSON merge patch for {@code status}; empty when it is true already; never has
 *     {@code progress}, which is the reports'
 * @param until when time alone makes it untrue, if it does
 * @param announcements what people are to be told once it is written
 */
public record StatusChange(
    ObjectNode patch, @Nullable Instant until, List<Announcement> announcements) {
  private static final ObjectMapper JSON = Serialization.jsonMapper();

  /**
   * The change that makes the status true.
   *
   * @param reporting whether and how often trainers report
   */
  public static StatusChange of(Observation seen, OperatorConfiguration.Progress reporting) {
    if (!seen.isReadable()) {
      return Unreadable.change(seen);
    }
    if (seen.hasFinished()) {
      return new StatusChange(observedOnly(seen), null, List.of());
    }
    Optional<Outcome> outcome = Outcome.of(seen);
    Diagnosis diagnosis = outcome.map(Diagnosis::of).orElseGet(() -> Diagnosis.of(seen, reporting));
    ObjectNode next = lifecycle(seen.recorded().orElse(null));
    write(next, seen, diagnosis);
    ReportedFields.write(next, seen);
    seen.pause().ifPresent(pause -> ReportedFields.writePause(next, pause));
    outcome.ifPresent(end -> ReportedFields.write(next, seen, end));
    return of(seen, diagnosis, next);
  }

  /**
   * The change that leaves all as it is but for what the operator itself has to say, where the API
   * server has refused the whole: its definitions are not of this version, say.
   */
  public static StatusChange without(
      KubernetesClientException refusal,
      Observation seen,
      OperatorConfiguration.Progress reporting) {
    Optional<Outcome> outcome = Outcome.of(seen);
    Diagnosis diagnosis =
        outcome.map(Diagnosis::of).orElseGet(() -> Diagnosis.of(seen, reporting)).without(refusal);
    ObjectNode next = lifecycle(seen.recorded().orElse(null));
    tell(next, seen, diagnosis);
    outcome.ifPresent(end -> next.put("completionTime", Conditions.time(end.time())));
    return of(seen, diagnosis, next);
  }

  private static StatusChange of(Observation seen, Diagnosis diagnosis, ObjectNode next) {
    return new StatusChange(
        MergePatch.between(
            lifecycle(seen.training().getStatus()), StatusSchema.TRAINING.fit(next).orElseThrow()),
        diagnosis.until(),
        Announcement.of(seen, diagnosis));
  }

  // Terminal is terminal: what is recorded stays, whatever becomes of Job and pods.
  private static ObjectNode observedOnly(Observation seen) {
    ObjectNode next = lifecycle(seen.training().getStatus());
    next.put("observedGeneration", generation(seen));
    return MergePatch.between(lifecycle(seen.training().getStatus()), next);
  }

  private static void write(ObjectNode next, Observation seen, Diagnosis diagnosis) {
    tell(next, seen, diagnosis);
    FailureHistory failures = FailureHistory.of(seen);
    next.put("restarts", failures.restarts());
    next.set("failures", JSON.valueToTree(failures.last()));
    if (Beginning.isSeen(seen)) {
      next.put("begun", true);
    } else {
      next.remove("begun");
    }
    seen.job()
        .ifPresent(
            job -> {
              RunImage.of(seen, job).ifPresent(image -> next.put("image", image));
              if (!next.hasNonNull("startTime")) {
                next.put("startTime", Conditions.time(job.created()));
              }
            });
    seen.newestPod().map(pod -> pod.node()).ifPresent(node -> next.put("node", node));
  }

  private static void tell(ObjectNode next, Observation seen, Diagnosis diagnosis) {
    next.put("observedGeneration", generation(seen));
    next.put("runId", seen.runId());
    next.put("runKey", seen.run().value());
    next.set("state", JSON.valueToTree(ConditionTable.row(diagnosis.situation()).state()));
    next.set(
        "conditions",
        JSON.valueToTree(ConditionTable.conditions(diagnosis, seen.conditions(), seen.now())));
    next.put("attempt", seen.attempts());
    seen.job()
        .ifPresent(
            job -> {
              next.put("jobName", job.name());
              next.put("jobUid", job.uid());
            });
  }

  private static @Nullable Long generation(Observation seen) {
    return seen.training().getMetadata().getGeneration();
  }

  /** The part of a status that is the reconciler's. */
  static ObjectNode lifecycle(@Nullable FusionTrainingStatus status) {
    ObjectNode tree =
        status == null ? JSON.createObjectNode() : JSON.<ObjectNode>valueToTree(status);
    tree.remove("progress");
    return tree;
  }
}
