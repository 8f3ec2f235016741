package training.fusion.e2e.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;
import static training.fusion.e2e.operator.Trainings.condition;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.OperatorFixture;
import training.fusion.operator.job.HostileMessages;
import training.fusion.operator.job.HostileMessages.Hostile;
import training.fusion.operator.job.MutatedMessages;

/** Whatever a trainer's container leaves as its termination message, the API server and all. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("A container's last words")
class LastWordsTest extends OperatorFixture {
  private static final int MUTATED = 20;
  private static final String SHA256 =
      "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/model/properties/sha256/maxLength";

  private final KubernetesClient client;

  LastWordsTest(ControlPlane controlPlane) {
    super(controlPlane, "words");
    client = controlPlane.client();
  }

  @Test
  @DisplayName("end its run, whatever they are: no status stays behind, and the operator is ready")
  void hostile() {
    List<Hostile> hostile = new ArrayList<>(HostileMessages.all());
    for (String mutated : MutatedMessages.of("RUN", 24, MUTATED)) {
      hostile.add(new Hostile("mutated: " + mutated, 0, mutated, "", ""));
    }
    for (int i = 0; i < hostile.size(); i++) {
      create("said-%d-runs".formatted(i));
    }
    for (int i = 0; i < hostile.size(); i++) {
      String name = "said-%d-runs".formatted(i);
      Pod pod = trainings.running(name);
      String key = trainings.status(name, seen -> seen.runKey() != null).runKey();
      terminated(pod, hostile.get(i).exitCode(), hostile.get(i).textFor(key));
    }
    for (int i = 0; i < hostile.size(); i++) {
      FusionTrainingStatus status = trainings.ended("said-%d-runs".formatted(i));
      Hostile said = hostile.get(i);
      if (!said.state().isEmpty()) {
        assertThat(status.state())
            .as("%s: %s", said, status)
            .hasToString(said.state().toUpperCase(Locale.ROOT));
        String type = status.state() == State.SUCCEEDED ? "Complete" : "Failed";
        assertThat(condition(status, type).getReason()).as("%s", said).isEqualTo(said.reason());
      }
    }
    assertThat(operator.isReady()).isTrue();
  }

  @Test
  @DisplayName("are told in an event, cut where an event ends")
  void event() {
    create("long-runs");
    Pod pod = trainings.running("long-runs");
    String key = trainings.status("long-runs", seen -> seen.runKey() != null).runKey();
    String message =
        "{\"contractVersion\":1,\"runKey\":\"%s\",\"failure\":{\"reason\":\"BadData\",\"message\":\"%s\"}}"
            .formatted(key, "→".repeat(1000));

    terminated(pod, 64, message);

    assertThat(trainings.ended("long-runs").state()).isEqualTo(State.FAILED);
    List<Event> events =
        eventually(
            () ->
                client
                    .events()
                    .v1()
                    .events()
                    .inNamespace(trainings.namespace)
                    .list()
                    .getItems()
                    .stream()
                    .filter(event -> "long-runs".equals(event.getRegarding().getName()))
                    .filter(event -> "BadData".equals(event.getReason()))
                    .toList(),
            found -> !found.isEmpty());
    assertThat(events)
        .singleElement()
        .satisfies(told -> assertThat(told.getNote()).endsWith("→…"))
        .satisfies(told -> assertThat(told.getNote().getBytes(UTF_8)).hasSizeBetween(1020, 1024));
  }

  @Test
  @DisplayName("that did not arrive are asked for again, where a volume has the result")
  void again() {
    trainings.create("again-runs", "1h");
    Pod first = trainings.running("again-runs");

    terminated(first, 0, null);

    Pod second = trainings.running("again-runs", first);
    trainings.end(second, "succeeds");
    trainings.succeeded("again-runs");
    assertThat(trainings.jobsEverMade("again-runs")).hasSize(2);
  }

  @Test
  @DisplayName("that older definitions do not take are told as far as they do")
  void olderDefinitions() {
    create("older-runs");
    Pod pod = trainings.running("older-runs");
    limit(8);
    try {
      assertThat(eventually(this::takesLongHashes, takes -> !takes)).isFalse();

      trainings.end(pod, "succeeds");

      FusionTrainingStatus status = trainings.ended("older-runs");
      assertThat(status.state()).isEqualTo(State.SUCCEEDED);
      assertThat(status.model()).isNull();
      assertThat(condition(status, "Complete").getMessage())
          .contains("trained to the end", "status.model.sha256", "must be of one version");
    } finally {
      limit(64);
      assertThat(eventually(this::takesLongHashes, takes -> takes)).isTrue();
    }
  }

  private void limit(int sha256) {
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("fusiontrainings.fusion.training")
        .patch(
            PatchContext.of(PatchType.JSON),
            Serialization.asJson(
                List.of(Map.of("op", "replace", "path", SHA256, "value", sha256))));
  }

  private boolean takesLongHashes() {
    String model = "{\"status\":{\"model\":{\"path\":\"m\",\"sha256\":\"%s\"}}}";
    return controlPlane
            .kubectl(
                null,
                "patch",
                "fusiontraining",
                "older-runs",
                "--namespace=" + trainings.namespace,
                "--subresource=status",
                "--type=merge",
                "--dry-run=server",
                "--patch=" + model.formatted("0".repeat(64)))
            .exitCode()
        == 0;
  }

  /** A training without a volume, so that nothing else has its result. */
  private void create(String name) {
    trainings.create(
        name,
        "1h",
        spec -> {
          spec.remove("checkpoint");
          ObjectNode requests = spec.withObject("/pod/resources/requests");
          requests.put("cpu", "10m").put("memory", "16Mi");
        });
  }

  /** What the kubelet writes when the container has ended. */
  private void terminated(Pod pod, int exitCode, @Nullable String message) {
    ObjectNode patch = Serialization.jsonMapper().createObjectNode();
    ObjectNode status = patch.putObject("status");
    status.put("phase", exitCode == 0 ? "Succeeded" : "Failed");
    ObjectNode container = status.putArray("containerStatuses").addObject();
    container.put("name", "trainer").put("image", "i").put("imageID", "").put("ready", false);
    container.put("restartCount", 0);
    String started = pod.getMetadata().getCreationTimestamp();
    container
        .putObject("state")
        .putObject("terminated")
        .put("exitCode", exitCode)
        .put("reason", exitCode == 0 ? "Completed" : "Error")
        .put("message", message)
        .put("startedAt", started)
        .put("finishedAt", started);
    client
        .resource(pod)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
  }
}
