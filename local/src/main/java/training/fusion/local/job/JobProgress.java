package training.fusion.local.job;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A Job's status while it is worked out: read, changed, written back. */
final class JobProgress {
  private final JobStatus before;
  private final JobStatus status;

  JobProgress(Job job) {
    JobStatus found = Objects.requireNonNullElseGet(job.getStatus(), JobStatus::new);
    before = new JobStatusBuilder(found).build();
    status = new JobStatusBuilder(found).build();
  }

  JobStatus status() {
    return status;
  }

  boolean hasChanged() {
    return !status.equals(before);
  }

  int failed() {
    return Objects.requireNonNullElse(status.getFailed(), 0);
  }

  int succeeded() {
    return Objects.requireNonNullElse(status.getSucceeded(), 0);
  }

  void count(int succeeded, int failed) {
    status.setSucceeded(orNull(succeeded() + succeeded));
    status.setFailed(orNull(failed() + failed));
  }

  void pods(int active, int ready, int terminating) {
    status.setActive(orNull(active));
    status.setReady(ready);
    status.setTerminating(terminating);
  }

  void started(Instant now) {
    if (status.getStartTime() == null) {
      status.setStartTime(text(now));
    }
  }

  Optional<Instant> startTime() {
    return Optional.ofNullable(status.getStartTime()).map(Instant::parse);
  }

  Optional<JobCondition> condition(String type) {
    return status.getConditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .filter(condition -> condition.getStatus().equals("True"))
        .findFirst();
  }

  boolean hasEnded() {
    return condition("Complete").isPresent() || condition("Failed").isPresent();
  }

  void succeed(Instant now) {
    String message = "Reached expected number of succeeded pods";
    set("SuccessCriteriaMet", true, "CompletionsReached", message, now);
    set("Complete", true, "CompletionsReached", message, now);
    status.setCompletionTime(text(now));
  }

  /** The Job is to fail: its pods are ended first, then it {@link #fail fails}. */
  void doom(String reason, String message, Instant now) {
    if (condition("FailureTarget").isEmpty()) {
      set("FailureTarget", true, reason, message, now);
    }
  }

  void fail(Instant now) {
    condition("FailureTarget")
        .ifPresent(cause -> set("Failed", true, cause.getReason(), cause.getMessage(), now));
  }

  void suspended(Instant now) {
    set("Suspended", true, "JobSuspended", "Job suspended", now);
    status.setStartTime(null);
  }

  void resumed(Instant now) {
    if (condition("Suspended").isPresent()) {
      set("Suspended", false, "JobResumed", "Job resumed", now);
    }
  }

  private void set(String type, boolean holds, String reason, String message, Instant now) {
    String value = holds ? "True" : "False";
    List<JobCondition> conditions = new ArrayList<>(status.getConditions());
    if (conditions.stream()
        .anyMatch(c -> c.getType().equals(type) && c.getStatus().equals(value))) {
      return;
    }
    conditions.removeIf(condition -> condition.getType().equals(type));
    conditions.add(
        new JobConditionBuilder()
            .withType(type)
            .withStatus(value)
            .withReason(reason)
            .withMessage(message)
            .withLastProbeTime(text(now))
            .withLastTransitionTime(text(now))
            .build());
    status.setConditions(conditions);
  }

  private static @Nullable Integer orNull(int count) {
    return count == 0 ? null : count;
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
