package training.fusion.local.job;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnPodConditionsPattern;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import java.util.List;
import java.util.Optional;

/** What a failed pod means for its Job, by the Job's podFailurePolicy. */
sealed interface FailureDecision {
  /** One more failure; backoffLimit says how many may be. */
  record Count() implements FailureDecision {}

  /** Not a failure of the Job's: nothing is counted. */
  record Ignore() implements FailureDecision {}

  /** The Job ends; the message names pod and rule. */
  record FailJob(String message) implements FailureDecision {}

  /** The first rule that matches decides; without one the pod counts. */
  static FailureDecision of(Job job, Pod pod) {
    var policy = job.getSpec().getPodFailurePolicy();
    List<PodFailurePolicyRule> rules = policy == null ? List.of() : policy.getRules();
    for (int i = 0; i < rules.size(); i++) {
      Optional<String> match = match(rules.get(i), pod);
      if (match.isPresent()) {
        return switch (rules.get(i).getAction()) {
          case "FailJob" ->
              new FailJob("%s matching FailJob rule at index %d".formatted(match.get(), i));
          case "Ignore" -> new Ignore();
          default -> new Count();
        };
      }
    }
    return new Count();
  }

  private static Optional<String> match(PodFailurePolicyRule rule, Pod pod) {
    String name = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    if (rule.getOnExitCodes() != null) {
      return failed(pod.getStatus(), rule.getOnExitCodes())
          .map(
              container ->
                  "Container %s for pod %s failed with exit code %d"
                      .formatted(
                          container.getName(),
                          name,
                          container.getState().getTerminated().getExitCode()));
    }
    return rule.getOnPodConditions().stream()
        .filter(pattern -> holds(pod.getStatus(), pattern))
        .findFirst()
        .map(pattern -> "Pod %s has condition %s".formatted(name, pattern.getType()));
  }

  private static Optional<ContainerStatus> failed(
      PodStatus status, PodFailurePolicyOnExitCodesRequirement requirement) {
    boolean wanted = requirement.getOperator().equals("In");
    return status.getContainerStatuses().stream()
        .filter(container -> container.getState().getTerminated() != null)
        .filter(container -> container.getState().getTerminated().getExitCode() != 0)
        .filter(
            container ->
                requirement.getContainerName() == null
                    || requirement.getContainerName().equals(container.getName()))
        .filter(
            container ->
                requirement.getValues().contains(container.getState().getTerminated().getExitCode())
                    == wanted)
        .findFirst();
  }

  private static boolean holds(PodStatus status, PodFailurePolicyOnPodConditionsPattern pattern) {
    return status.getConditions().stream()
        .anyMatch(
            condition ->
                condition.getType().equals(pattern.getType())
                    && condition.getStatus().equals(pattern.getStatus()));
  }
}
