package training.fusion.e2e.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/** kstatus, Argo CD and Flux take a training for what the operator's truth table says of it. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class VerdictTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ControlPlane controlPlane;

  VerdictTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane.withCustomResources();
  }

  @Test
  void each_row_of_the_truth_table_is_taken_for_what_it_is() {
    List<TruthTable.Row> rows = TruthTable.rows();
    List<Verdict> verdicts = Verdict.of(rows.stream().map(VerdictTest::object).toList());

    assertThat(rows).hasSizeGreaterThan(15);
    assertThat(verdicts).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      assertAgrees(rows.get(i), verdicts.get(i));
      assertThat(verdicts.get(i).argoCd().message()).as("%s", rows.get(i)).contains("of ");
    }
  }

  @Test
  void nobody_takes_a_training_that_the_operator_has_not_seen_for_done() {
    JsonNode succeeded =
        object(
            TruthTable.rows().stream()
                .filter(row -> row.state().equals("Succeeded"))
                .findFirst()
                .orElseThrow());
    ObjectNode changed = succeeded.deepCopy();
    changed.withObject("/metadata").put("generation", 2);
    ObjectNode created = succeeded.deepCopy();
    created.withObject("/status").put("observedGeneration", -1).remove("conditions");
    ObjectNode bare = succeeded.deepCopy();
    bare.remove("status");

    assertThat(Verdict.of(List.of(changed, created)))
        .allSatisfy(
            verdict -> {
              assertThat(verdict.kstatus().status()).isEqualTo("InProgress");
              assertThat(verdict.argoCd().status()).isEqualTo("Progressing");
              assertThat(verdict.flux().status()).isEqualTo("InProgress");
            });
    // without the definition's default kstatus would say Current
    Verdict ofBare = Verdict.of(List.of(bare)).get(0);
    assertThat(ofBare.argoCd().status()).isEqualTo("Progressing");
    assertThat(ofBare.flux().status()).isEqualTo("Unknown");
  }

  @Test
  void over_the_whole_lives_of_trainings_all_agree() throws IOException {
    var seen = new CopyOnWriteArrayList<JsonNode>();
    try (var trainings = new Trainings(controlPlane, "verdict");
        var watch = record(trainings.namespace, seen);
        var operator = new ShippedOperator(controlPlane, trainings.namespace, List.of())) {
      trainings.create("vision-fails-64", "200ms");
      trainings.create("vision", "200ms");
      trainings.create("vision-runs", "200ms");
      trainings.running("vision-runs");
      trainings.state("vision-runs", State.RUNNING);
      trainings.patch("vision-runs", Map.of("spec", Map.of("suspend", true)));
      trainings.state("vision-runs", State.SUSPENDED);
      trainings.patch("vision-runs", Map.of("spec", Map.of("suspend", false)));
      trainings.end(trainings.running("vision-runs"), "succeeds");
      trainings.state("vision-runs", State.SUCCEEDED);
      trainings.state("vision", State.SUCCEEDED);
      trainings.state("vision-fails-64", State.FAILED);
      eventually(() -> seen, it -> states(it, "vision-runs").contains("Succeeded"));
    }

    assertThat(states(seen, "vision-runs")).contains("", "Running", "Suspended", "Succeeded");
    assertThat(states(seen, "vision")).contains("Succeeded");
    assertThat(states(seen, "vision-fails-64")).contains("Failed");
    List<Verdict> verdicts = Verdict.of(seen);
    for (int i = 0; i < seen.size(); i++) {
      assertAgrees(seen.get(i), verdicts.get(i));
    }
  }

  private static void assertAgrees(JsonNode training, Verdict verdict) {
    JsonNode status = training.path("status");
    if (status.path("observedGeneration").asLong()
        != training.at("/metadata/generation").asLong()) {
      assertThat(verdict.kstatus().status()).as("%s", training).isEqualTo("InProgress");
      assertThat(verdict.argoCd().status()).as("%s", training).isEqualTo("Progressing");
      assertThat(verdict.flux().status()).as("%s", training).isEqualTo("InProgress");
      return;
    }
    List<TruthTable.Row> rows = TruthTable.rows().stream().filter(row -> row.isIn(status)).toList();
    assertThat(rows).as("rows of the truth table that this is: %s", status).isNotEmpty();
    rows.forEach(row -> assertAgrees(row, verdict));
  }

  private static void assertAgrees(TruthTable.Row row, Verdict verdict) {
    assertThat(verdict.kstatus().status()).as("kstatus: %s", row).isEqualTo(row.kstatus());
    assertThat(verdict.argoCd().status()).as("Argo CD: %s", row).isEqualTo(row.argoCd());
    assertThat(verdict.flux().status()).as("Flux: %s", row).isEqualTo(row.flux());
  }

  /** A training whose status is this row. */
  private static JsonNode object(TruthTable.Row row) {
    ObjectNode object = JSON.createObjectNode();
    object.put("apiVersion", "fusion.training/v1alpha1").put("kind", "FusionTraining");
    object.putObject("metadata").put("name", "vision").put("generation", 1);
    ObjectNode status = object.putObject("status");
    status.put("observedGeneration", 1).put("state", row.state());
    var conditions = status.putArray("conditions");
    row.conditions()
        .forEach(
            (type, value) ->
                conditions
                    .addObject()
                    .put("type", type)
                    .put("status", value)
                    .put("reason", row.situation())
                    .put("message", "message of " + type));
    return object;
  }

  /** The states that a training went through; empty: none yet. */
  private static List<String> states(List<JsonNode> seen, String name) {
    return seen.stream()
        .filter(training -> name.equals(training.at("/metadata/name").asText()))
        .map(training -> training.at("/status/state").asText())
        .distinct()
        .collect(Collectors.toList());
  }

  /** Keeps each version of the namespace's trainings. */
  private Watch record(String namespace, List<JsonNode> seen) {
    KubernetesClient client = controlPlane.client();
    return client
        .genericKubernetesResources("fusion.training/v1alpha1", "FusionTraining")
        .inNamespace(namespace)
        .watch(
            new Watcher<GenericKubernetesResource>() {
              @Override
              public void eventReceived(Action action, GenericKubernetesResource training) {
                if (action != Action.DELETED) {
                  seen.add(JSON.valueToTree(training));
                }
              }

              @Override
              public void onClose(WatcherException cause) {}
            });
  }
}
