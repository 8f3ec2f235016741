package training.fusion.operator.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.resource.sweep.FusionSweepStatus.Search;
import training.fusion.operator.bounds.StatusSchema;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.resource.MergePatch;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.sweep.report.Group;
import training.fusion.operator.sweep.report.Groups;

/** What has to change in a sweep's status so that it is true. */
final class SweepStatus {
  private static final ObjectMapper JSON = Serialization.jsonMapper();

  private static final int MOST_GROUPS = 200;

  /** Characters: all of the status is to stay below 100 KiB. The report has all groups. */
  private static final int LARGEST_GROUPS = 90_000;

  private SweepStatus() {}

  /**
   * The patch for a sweep whose trials are so; empty when its status is true already.
   *
   * @param rowMaps names of the ConfigMaps with rows
   * @param groups what they say; empty if that has not changed
   * @param refusal what could not be done for it
   */
  static ObjectNode patch(
      SweepObservation seen,
      List<String> rowMaps,
      Optional<Groups> groups,
      Optional<Refusal> refusal,
      Instant now) {
    int total = seen.trials().size();
    int running = seen.count(SweepObservation.Where.RUNNING);
    int succeeded = seen.count(SweepObservation.Where.SUCCEEDED);
    int failed = seen.count(SweepObservation.Where.FAILED);
    int paused = seen.count(SweepObservation.Where.PAUSED);
    ObjectNode next = tree(seen.sweep());
    ObjectNode trials =
        next.putObject("trials")
            .put("total", total)
            .put("pending", total - running - paused - succeeded - failed)
            .put("running", running)
            .put("succeeded", succeeded)
            .put("failed", failed);
    Search search = seen.plan().status();
    if (search == null) {
      next.remove("search");
    } else {
      trials.put("paused", paused);
      next.set("search", JSON.valueToTree(search));
    }
    groups.ifPresent(all -> write(next, all, ReportMap.name(seen.sweep())));
    next.set("rows", JSON.valueToTree(rowMaps));
    SweepSituation situation = situation(seen, running, refusal.isPresent());
    boolean over = situation == SweepSituation.SUCCEEDED || situation == SweepSituation.FAILED;
    if (!next.hasNonNull("startTime") && (running > 0 || over)) {
      next.put("startTime", Conditions.time(now));
    }
    if (!over) {
      next.remove("completionTime");
    } else if (!next.hasNonNull("completionTime")) {
      next.put("completionTime", Conditions.time(now));
    }
    String message = message(seen, running) + refusal.map(it -> "; " + it.message()).orElse("");
    String reason = reason(seen, situation, refusal);
    return written(next, seen.sweep(), situation, reason, message, now);
  }

  private static String reason(
      SweepObservation seen, SweepSituation situation, Optional<Refusal> refusal) {
    if (seen.hasFailed()) {
      return "TooManyFailedTrials";
    }
    boolean goesOn = situation == SweepSituation.RUNNING || situation == SweepSituation.PENDING;
    return refusal.filter(it -> goesOn).map(SweepStatus::reason).orElse(situation.word());
  }

  private static String reason(Refusal refusal) {
    return switch (refusal.kind()) {
      case NAME_TAKEN -> "NameTaken";
      case NAME_IN_USE -> "NameInUse";
      default -> "Refused";
    };
  }

  private static void write(ObjectNode next, Groups groups, String report) {
    next.putObject("report").put("configMap", report);
    ArrayNode listed = next.putArray("groups");
    int size = 0;
    for (Group group : groups.groups()) {
      JsonNode tree = JSON.valueToTree(group.inStatus());
      size += tree.toString().length();
      if (listed.size() < MOST_GROUPS && size < LARGEST_GROUPS) {
        listed.add(tree);
      }
    }
    groups
        .best()
        .ifPresentOrElse(
            best -> next.set("best", JSON.valueToTree(best.inStatus())), () -> next.remove("best"));
  }

  /** The patch for a sweep that can't be what it says; trials that run go on. */
  static ObjectNode patch(FusionSweep sweep, BadSweep problem, Instant now) {
    return written(
        tree(sweep), sweep, SweepSituation.FAILED, problem.reason(), problem.getMessage(), now);
  }

  /**
   * What is left of a patch that the API server has refused: what the sweep's conditions say, and
   * that.
   */
  static ObjectNode without(
      KubernetesClientException refusal, FusionSweep sweep, ObjectNode patch) {
    ObjectNode next = tree(sweep);
    for (String field : List.of("observedGeneration", "state", "conditions")) {
      if (patch.has(field)) {
        next.set(field, patch.get(field).deepCopy());
      }
    }
    for (JsonNode condition : next.path("conditions")) {
      String message = condition.path("message").asText();
      if (!message.isEmpty()) {
        ((ObjectNode) condition).put("message", StatusSubresource.incomplete(message, refusal));
      }
    }
    return MergePatch.between(tree(sweep), StatusSchema.SWEEP.fit(next).orElseThrow());
  }

  /** The patch for a sweep of which not even the rows are known. */
  static ObjectNode patch(FusionSweep sweep, Refusal refusal, Instant now) {
    ObjectNode next = tree(sweep);
    boolean begun = next.hasNonNull("startTime");
    SweepSituation situation = begun ? SweepSituation.RUNNING : SweepSituation.PENDING;
    return written(next, sweep, situation, reason(refusal), refusal.message(), now);
  }

  /** Whether a cell of this very spec was refused: nothing is done until it changes. */
  static boolean isRefused(FusionSweep sweep) {
    FusionSweepStatus status = sweep.getStatus();
    return status != null
        && status.conditions() != null
        && Conditions.find(status.conditions(), "Failed")
            .filter(failed -> BadSweep.CELL.equals(failed.getReason()))
            .isPresent();
  }

  private static ObjectNode written(
      ObjectNode next,
      FusionSweep sweep,
      SweepSituation situation,
      String reason,
      String message,
      Instant now) {
    next.put("observedGeneration", sweep.getMetadata().getGeneration());
    next.set("state", JSON.valueToTree(situation.state()));
    List<Condition> before =
        Optional.ofNullable(sweep.getStatus()).map(FusionSweepStatus::conditions).orElse(List.of());
    next.set(
        "conditions",
        JSON.valueToTree(Conditions.of(situation.conditions(reason, message), before, now)));
    return MergePatch.between(tree(sweep), StatusSchema.SWEEP.fit(next).orElseThrow());
  }

  private static SweepSituation situation(SweepObservation seen, int running, boolean refused) {
    if (seen.hasFailed()) {
      return running > 0 && !seen.suspended() ? SweepSituation.FAILING : SweepSituation.FAILED;
    }
    if (seen.hasEnded() && !refused) { // what they have come to is kept, too
      return SweepSituation.SUCCEEDED;
    }
    if (seen.suspended()) {
      return running > 0 ? SweepSituation.SUSPENDING : SweepSituation.SUSPENDED;
    }
    boolean begun =
        running > 0 || seen.count(SweepObservation.Where.PENDING) < seen.trials().size();
    return refused && !begun ? SweepSituation.PENDING : SweepSituation.RUNNING;
  }

  private static String message(SweepObservation seen, int running) {
    int succeeded = seen.count(SweepObservation.Where.SUCCEEDED);
    int failed = seen.count(SweepObservation.Where.FAILED);
    String counts =
        "%d of %d trials have succeeded, %d failed, %d run"
                .formatted(succeeded, seen.trials().size(), failed, running)
            + Optional.ofNullable(seen.plan().status()).map(SweepStatus::words).orElse("");
    if (seen.hasFailed()) {
      return counts
          + "; no more are started: see what the failed ones say, and raise maxFailedTrials or exclude them";
    }
    return seen.suspended() ? counts + "; set spec.suspend to false to go on" : counts;
  }

  private static String words(Search search) {
    return "; %d of %d groups left, rung %s, saves %d %%"
        .formatted(
            search.groupsLeft(), search.groups(), search.rung(), Math.round(100 * search.saved()));
  }

  private static ObjectNode tree(FusionSweep sweep) {
    return sweep.getStatus() == null
        ? JSON.createObjectNode()
        : JSON.<ObjectNode>valueToTree(sweep.getStatus());
  }
}
