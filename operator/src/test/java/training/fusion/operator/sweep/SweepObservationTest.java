package training.fusion.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepSpec;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.sweep.trial.Trial;
import training.fusion.operator.sweep.trial.TrialRow;

/** What is to be done for a sweep, and what its status says, at one moment. */
@DisplayName("A sweep of twelve trials, two at once")
class SweepObservationTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final FusionSweep sweep = SweepYaml.of(SweepYaml.SMALL);
  private final List<Trial> trials = MatrixExpansion.of(sweep);
  private final Map<String, FusionTraining> existing = new HashMap<>();
  private final Map<String, TrialRow> rows = new HashMap<>();
  private final Map<String, Refusal> taken = new HashMap<>();
  private Optional<Refusal> refusal = Optional.empty();

  private SweepObservation seen() {
    return new SweepObservation(sweep, trials, existing, rows, taken);
  }

  private String name(int trial) {
    return trials.get(trial).name();
  }

  /** The trial's resource is there; in no state yet if that is null. */
  private void exists(int trial, @Nullable String state, boolean askedToStop) {
    existing.put(
        name(trial),
        Serialization.unmarshal(
            """
            apiVersion: fusion.training/v1alpha1
            kind: FusionTraining
            metadata: {name: %s, namespace: vision}
            spec: {suspend: %s}
            status: {state: %s}
            """
                .formatted(name(trial), askedToStop, state),
            FusionTraining.class));
  }

  private void exists(int trial, @Nullable String state) {
    exists(trial, state, false);
  }

  private void hasRow(int trial, TrialRow.State state) {
    rows.put(name(trial), TrialRow.of(name(trial), trials.get(trial).cell(), state));
  }

  private void set(String field, Object value) {
    ObjectNode spec = Serialization.jsonMapper().valueToTree(sweep.getSpec());
    spec.putPOJO(field, value);
    sweep.setSpec(Serialization.unmarshal(spec.toString(), FusionSweepSpec.class));
  }

  private List<Integer> startable() {
    return seen().startable().stream().map(trials::indexOf).toList();
  }

  @Test
  @DisplayName("starts with the first seed of two groups")
  void first() {
    assertThat(startable()).containsExactly(0, 2);
  }

  @Test
  @DisplayName("starts no third while one has no state yet and another runs")
  void parallelism() {
    exists(0, null);
    exists(2, "Running");
    assertThat(startable()).isEmpty();

    exists(2, "Succeeded");
    assertThat(startable()).containsExactly(4);
  }

  @Test
  @DisplayName("counts a trial that it no longer asks for, until that has stopped")
  void notAskedFor() {
    set("parallelism", 1);
    exists(0, "Running");
    List<Trial> others = trials.subList(1, trials.size());
    SweepObservation edited = new SweepObservation(sweep, others, existing, rows, taken);

    assertThat(edited.startable()).isEmpty();
    assertThat(edited.stoppable()).containsExactly(existing.get(name(0)));
  }

  @Test
  @DisplayName("begins a second seed once each group has its first")
  void seeds() {
    for (int trial = 0; trial < trials.size(); trial += 2) {
      hasRow(trial, TrialRow.State.SUCCEEDED);
    }
    assertThat(startable()).containsExactly(1, 3);
  }

  @Test
  @DisplayName(
      "has ended when each has a row or has ended itself; a failure is one too many at once")
  void ended() {
    for (int trial = 0; trial < trials.size() - 1; trial++) {
      hasRow(trial, TrialRow.State.SUCCEEDED);
    }
    assertThat(seen().hasEnded()).isFalse();
    exists(11, "Failed");
    assertThat(seen().hasEnded()).isTrue();
    assertThat(seen().hasFailed()).isTrue();
    assertThat(seen().rowless()).containsExactly(existing.get(name(11)));

    set("maxFailedTrials", 1);
    assertThat(seen().hasFailed()).isFalse();
  }

  @Test
  @DisplayName("stops what runs when it is suspended, and starts nothing")
  void suspended() {
    exists(0, "Running");
    exists(2, "Succeeded");
    set("suspend", true);

    assertThat(startable()).isEmpty();
    assertThat(seen().stoppable()).containsExactly(existing.get(name(0)));
    assertThat(status().at("/state").asText()).isEqualTo("Running");

    exists(0, "Running", true);
    assertThat(seen().stoppable()).isEmpty();
    exists(0, "Suspended", true);
    assertThat(status().at("/state").asText()).isEqualTo("Suspended");
    set("suspend", false);
    assertThat(startable()).containsExactly(0, 4);
  }

  @Test
  @DisplayName("says how many trials are where, since when, and which condition is true")
  void says() {
    assertThat(status().at("/startTime").isMissingNode()).isTrue();
    exists(0, "Running");
    hasRow(1, TrialRow.State.SUCCEEDED);
    hasRow(2, TrialRow.State.FAILED);
    set("maxFailedTrials", 1);

    JsonNode running = status();
    assertThat(running.at("/trials").toString())
        .isEqualTo("{\"total\":12,\"pending\":9,\"running\":1,\"succeeded\":1,\"failed\":1}");
    assertThat(running.at("/startTime").asText()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(running.at("/completionTime").isMissingNode()).isTrue();
    assertThat(trueConditions(running)).containsExactly("Reconciling");

    set("maxFailedTrials", 0);
    assertThat(status().at("/state").asText()).as("one still runs").isEqualTo("Running");
    exists(0, "Succeeded");
    JsonNode failed = status();
    assertThat(failed.at("/state").asText()).isEqualTo("Failed");
    assertThat(trueConditions(failed)).containsExactly("Stalled", "Failed");
    assertThat(failed.at("/completionTime").asText()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(failed.findValuesAsText("reason")).contains("TooManyFailedTrials");
  }

  @Test
  @DisplayName("changes nothing of a status that is true, and forgets the end when it goes on")
  void again() {
    for (int trial = 0; trial < trials.size(); trial++) {
      hasRow(trial, TrialRow.State.SUCCEEDED);
    }
    sweep.setStatus(Serialization.unmarshal(status().toString(), FusionSweepStatus.class));
    assertThat(sweep.getStatus().state()).isEqualTo(FusionSweepStatus.State.SUCCEEDED);
    assertThat(status()).isEmpty();

    rows.remove(name(3));
    JsonNode goesOn = status();
    assertThat(goesOn.at("/state").asText()).isEqualTo("Running");
    assertThat(goesOn.get("completionTime").isNull()).isTrue();
    assertThat(goesOn.has("startTime")).isFalse();
  }

  @Test
  @DisplayName("passes over a trial whose name another training has, and says so")
  void taken() {
    taken.put(name(0), new Refusal(Refusal.Kind.NAME_TAKEN, "it is another's"));
    refusal = Optional.of(taken.get(name(0)));
    assertThat(startable()).containsExactly(2, 4);
    assertThat(reconciling()).isEqualTo("Pending NameTaken");

    for (int trial = 1; trial < trials.size(); trial++) {
      hasRow(trial, TrialRow.State.SUCCEEDED);
    }
    assertThat(startable()).isEmpty();
    assertThat(reconciling()).isEqualTo("Running NameTaken");
    assertThat(status().at("/conditions/0/message").asText())
        .isEqualTo("11 of 12 trials have succeeded, 0 failed, 0 run; it is another's");
  }

  @Test
  @DisplayName("has not ended while what its trials have come to can't be kept")
  void notKept() {
    for (int trial = 0; trial < trials.size(); trial++) {
      hasRow(trial, TrialRow.State.SUCCEEDED);
    }
    refusal = Optional.of(new Refusal(Refusal.Kind.REFUSED, "exceeded quota"));
    assertThat(reconciling()).isEqualTo("Running Refused");
    assertThat(status().at("/completionTime").isMissingNode()).isTrue();

    refusal = Optional.empty();
    assertThat(status().at("/state").asText()).isEqualTo("Succeeded");
  }

  private String reconciling() {
    JsonNode status = status();
    JsonNode condition = status.at("/conditions/0");
    assertThat(condition.at("/type").asText()).isEqualTo("Reconciling");
    assertThat(trueConditions(status)).containsExactly("Reconciling");
    return status.at("/state").asText() + " " + condition.at("/reason").asText();
  }

  /** The patch for the sweep's status. */
  private JsonNode status() {
    return SweepStatus.patch(seen(), List.of("small-rows-0"), Optional.empty(), refusal, NOW);
  }

  private static List<String> trueConditions(JsonNode status) {
    List<String> types = new ArrayList<>();
    for (JsonNode condition : status.at("/conditions")) {
      if (condition.at("/status").asText().equals("True")) {
        types.add(condition.at("/type").asText());
      }
    }
    return types;
  }
}
