package training.fusion.operator.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.status.Scene;
import training.fusion.operator.watch.Observation;

@DisplayName("Where ended trainings and sweeps are deleted after a time")
class EndedTest {
  private static final Instant TIME = Instant.parse("2026-02-01T00:00:00Z");
  private static final String LONG_AGO = "2026-01-31T23:59:59Z";

  @ParameterizedTest
  @CsvSource({
    "Succeeded, 2026-01-31T23:59:59Z, true",
    "Failed, 2026-01-31T23:59:59Z, true",
    "Succeeded, 2026-02-01T00:00:00Z, false",
    "Running, 2026-01-31T23:59:59Z, false",
    "Suspended, 2026-01-31T23:59:59Z, false",
    "Succeeded, , false"
  })
  @DisplayName("a training goes if its run had ended before")
  void ended(String state, String completed, boolean goes) {
    assertThat(Ended.before(training(state, completed).observation(), TIME)).isEqualTo(goes);
  }

  @Test
  @DisplayName("one that is to run anew stays, and so does one that cannot be read whole")
  void anew() {
    Scene anew = training("Succeeded", LONG_AGO).spec("runId: again");
    Scene unread =
        training("Succeeded", LONG_AGO).unread("spec.model.architecture", "\"Newer\"", "…");

    assertThat(Ended.before(anew.observation(), TIME)).isFalse();
    assertThat(Ended.before(unread.observation(), TIME)).isFalse();
    assertThat(Ended.isOver(unread.observation())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fusion.training/keep",
        "kustomize.toolkit.fluxcd.io/name",
        "helm.toolkit.fluxcd.io/name",
        "argocd.argoproj.io/tracking-id",
        "argocd.argoproj.io/instance",
        "meta.helm.sh/release-name",
        "config.k8s.io/owning-inventory",
        "configsync.gke.io/resource-id"
      })
  @DisplayName("what is to be kept stays, and what a tool would make again")
  void kept(String name) {
    Observation labelled = training("Succeeded", LONG_AGO).observation();
    labelled.training().getMetadata().setLabels(Map.of(name, "x"));
    Observation annotated = training("Succeeded", LONG_AGO).observation();
    annotated.training().getMetadata().setAnnotations(Map.of(name, ""));

    assertThat(Ended.before(labelled, TIME)).isFalse();
    assertThat(Ended.before(annotated, TIME)).isFalse();
  }

  @Test
  @DisplayName("a trial stays as long as its sweep, and what others control as long as they say")
  void controlled() {
    Observation trial = training("Succeeded", LONG_AGO).observation();
    var owner = new OwnerReferenceBuilder().withKind("FusionSweep").withUid("5f0c");
    trial.training().addOwnerReference(owner.withController(true).build());

    assertThat(Ended.before(trial, TIME)).isFalse();
    assertThat(Ended.controllers(trial.training())).containsExactly("5f0c");
  }

  @ParameterizedTest
  @CsvSource({
    "Succeeded, 1, 2026-01-31T23:59:59Z, true",
    "Failed, 1, 2026-01-31T23:59:59Z, true",
    "Failed, 1, , false",
    "Succeeded, 1, 2026-02-01T00:00:00Z, false",
    "Succeeded, 0, 2026-01-31T23:59:59Z, false",
    "Running, 1, 2026-01-31T23:59:59Z, false"
  })
  @DisplayName("a sweep goes if it had ended before, as it is written now")
  void sweep(String state, long observed, String completed, boolean goes) {
    String yaml =
        """
        apiVersion: fusion.training/v1alpha1
        kind: FusionSweep
        metadata: {name: matrix, namespace: vision, uid: 5f0c, generation: 1}
        status: {state: %s, observedGeneration: %d, completionTime: %s}
        """
            .formatted(state, observed, completed == null ? "null" : '"' + completed + '"');

    assertThat(Ended.before(Serialization.unmarshal(yaml, FusionSweep.class), TIME))
        .isEqualTo(goes);
  }

  private static Scene training(String state, String completed) {
    String time = completed == null ? "null" : '"' + completed + '"';
    return Scene.ofTraining()
        .job(1)
        .recorded()
        .status("{state: %s, completionTime: %s}".formatted(state, time));
  }
}
