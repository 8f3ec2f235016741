package training.fusion.e2e.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.Probe;
import training.fusion.e2e.operator.OperatorFixture;
import training.fusion.e2e.operator.Trainings;
import training.fusion.local.SampleTraining;

/**
 * What the API server takes, the operator reads. With {@code -Dcampaign.objects=5000} more objects
 * are drawn than in every build: each field of the schema is then drawn several times.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("One object never stops the others")
class ReadableTest extends OperatorFixture {
  private static final int OBJECTS = Integer.getInteger("campaign.objects", 250);
  private static final int AT_ONCE = 250;
  private static final long SEED = Long.getLong("campaign.seed", 24);
  private static final String TRAININGS = "fusiontrainings";
  private static final String SWEEPS = "fusionsweeps";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";

  private final KubernetesClient client;
  private final ExecutorService senders = Executors.newFixedThreadPool(8);

  ReadableTest(ControlPlane controlPlane) {
    super(controlPlane, "readable");
    client = controlPlane.client();
  }

  @BeforeAll
  void awaitOperator() {
    operator.awaitReady();
  }

  @AfterAll
  void endSenders() {
    senders.shutdown();
  }

  @Test
  @DisplayName(
      "a training drawn from the schema is refused by the API server, or read by the operator")
  void drawn_trainings() throws Exception {
    drawn(TRAININGS, training("drawn"));
  }

  @Test
  @DisplayName("a sweep drawn from the schema likewise")
  void drawn_sweeps() throws Exception {
    drawn(SWEEPS, sweep("drawn"));
  }

  @Test
  @DisplayName(
      "what only newer definitions take is told by the object itself; others run, also after a"
          + " restart")
  void newer() throws Exception {
    String created = "newer-value";
    try (var definitions = new NewerDefinitions(client)) {
      ObjectNode value = training(created);
      value.withObject("/spec/model").put("architecture", "Newer");
      assertThat(eventually(() -> send(TRAININGS, value), Objects::nonNull)).isNotNull();
      ObjectNode empty = training("empty-quantity");
      empty.withObject("/spec/pod/resources/limits").put("memory", "");
      send(TRAININGS, empty);
      ObjectNode field = training("newer-field");
      field.withObject("/spec/training").put("newer", "1");
      send(TRAININGS, field);
      ObjectNode status = training("newer-status");
      status.withObject("/spec").put("suspend", true);
      send(TRAININGS, status);
      ObjectNode sweep = sweep("newer-sweep");
      sweep.withObject("/spec/template/pod/resources/requests").put("cpu", "x");
      assertThat(eventually(() -> send(SWEEPS, sweep), Objects::nonNull)).isNotNull();

      assertTold(TRAININGS, created, "spec.model.architecture: \"Newer\"");
      assertTold(TRAININGS, "empty-quantity", "spec.pod.resources.limits.memory: \"\"");
      assertTold(SWEEPS, "newer-sweep", "spec.template.pod.resources.requests.cpu: \"x\"");
      assertThat(state("newer-field", "Succeeded")).isEqualTo("Succeeded");
      trainings.state("newer-status", State.SUSPENDED);
      trainings.create("good", "200ms");
      trainings.succeeded("good");
      newerState("newer-status");

      operator.kill();
      operator.startAgain();
      operator.awaitReady();
      trainings.create("good-after-restart", "200ms");
      trainings.succeeded("good-after-restart");
      assertTold(TRAININGS, "newer-status", "status.state: \"Newer\"");
      assertThat(seen(TRAININGS, "newer-status").at("/status/state").asText()).isEqualTo("Newer");
      assertThat(trainings.jobsEverMade(created)).isEmpty();

      corrected("empty-quantity");
      trainings.succeeded("empty-quantity");
      assertThat(Probe.isOk(operator.address().resolve("/q/health/live"))).isTrue();
      client.raw(path(TRAININGS), "DELETE", null);
      client.raw(path(SWEEPS), "DELETE", null);
    }
  }

  private void assertTold(String plural, String name, String words) {
    JsonNode object =
        eventually(
            () -> read(client.raw(path(plural) + "/" + name)),
            it -> it.at("/status/conditions").toString().contains("Unreadable"));
    assertThat(object.at("/status/conditions"))
        .as("%s", object)
        .filteredOn(condition -> condition.get("type").asText().equals("Stalled"))
        .singleElement()
        .satisfies(
            stalled -> {
              assertThat(stalled.get("status").asText()).isEqualTo("True");
              assertThat(stalled.get("message").asText()).startsWith(words);
            });
  }

  private String state(String name, String wanted) {
    return eventually(
        () -> read(client.raw(path(TRAININGS) + "/" + name)).at("/status/state").asText(),
        wanted::equals);
  }

  private void newerState(String name) {
    Kubectl.succeeded(
        controlPlane.kubectl(
            null,
            "patch",
            "fusiontraining",
            name,
            "--namespace=" + trainings.namespace,
            "--subresource=status",
            "--type=merge",
            "--patch=status: {state: Newer}"));
  }

  private void corrected(String name) {
    Kubectl.succeeded(
        controlPlane.kubectl(
            null,
            "patch",
            "fusiontraining",
            name,
            "--namespace=" + trainings.namespace,
            "--type=merge",
            "--patch=spec: {runId: corrected, pod: {resources: {limits: {memory: 1Gi}}}}"));
  }

  private static ObjectNode training(String name) {
    ObjectNode training = Serialization.unmarshal(SampleTraining.yaml(name, 3), ObjectNode.class);
    training.withObject("/spec/pod/annotations").put(Trainings.RUN_FOR, "200ms");
    return training;
  }

  /** A sweep of one trial, which is not made. */
  private static ObjectNode sweep(String name) {
    return Serialization.unmarshal(
        """
        apiVersion: fusion.training/v1alpha1
        kind: FusionSweep
        metadata: {name: %s}
        spec:
          suspend: true
          matrix:
            arms:
            - name: efficientnet
              model: {architecture: EfficientNetV2-S}
              optimizations: [{single: {optimizers: [{type: Adam}]}}]
            datasets: [{name: sample, format: IDX, source: {persistentVolumeClaim: {claimName: data}}}]
            seeds: [1]
          template: {training: {epochs: 3}, pod: {gpu: {count: 0}}}
        """
            .formatted(name),
        ObjectNode.class);
  }

  private void drawn(String plural, ObjectNode good) throws Exception {
    var drawn = new DrawnObjects(schema(plural), SEED);
    int stride = Math.max(1, drawn.fields() / OBJECTS); // spread over all fields
    int refused = 0;
    for (int first = 0; first < OBJECTS; first += AT_ONCE) {
      List<ObjectNode> objects = new ArrayList<>();
      for (int i = first; i < Math.min(first + AT_ONCE, OBJECTS); i++) {
        ObjectNode object = drawn.draw(good, i * stride % drawn.fields());
        object.withObject("/metadata").put("name", "drawn-" + i);
        objects.add(object);
      }
      List<JsonNode> stored = sent(plural, objects);
      refused += objects.size() - stored.size();
      assertThat(operator.isReady()).isTrue();
      for (JsonNode object : stored) {
        JsonNode seen = seen(plural, object.at("/metadata/name").asText());
        assertThat(seen.at("/status/observedGeneration").asInt()).as("%s", seen).isPositive();
        assertThat(seen.at("/status/conditions").toString())
            .as("%s", seen)
            .doesNotContain("Unreadable");
      }
      client.raw(path(plural), "DELETE", null);
    }
    System.out.printf(
        "%s: %d drawn of %d fields, %d refused, all others read%n",
        plural, OBJECTS, drawn.fields(), refused);
    assertThat(refused).isBetween(OBJECTS / 10, OBJECTS * 9 / 10);
  }

  private List<JsonNode> sent(String plural, List<ObjectNode> objects)
      throws InterruptedException, ExecutionException {
    List<Callable<JsonNode>> requests = new ArrayList<>();
    for (ObjectNode object : objects) {
      requests.add(() -> send(plural, object));
    }
    List<JsonNode> stored = new ArrayList<>();
    for (Future<JsonNode> answer : senders.invokeAll(requests)) {
      if (answer.get() != null) {
        stored.add(answer.get());
      }
    }
    return stored;
  }

  /** What is stored; null if it is refused. */
  private JsonNode send(String plural, ObjectNode object) {
    try {
      return read(client.raw(path(plural), "POST", object.toString()));
    } catch (KubernetesClientException e) {
      assertThat(e.getCode()).as("%s: %s", object, e.getMessage()).isIn(400, 422);
      return null;
    }
  }

  private JsonNode seen(String plural, String name) {
    return eventually(
        () -> read(client.raw(path(plural) + "/" + name)),
        object -> object.at("/status/observedGeneration").asInt() > 0);
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode schema(String plural) {
    return read(client.raw(DEFINITIONS + plural + ".fusion.training"))
        .at("/spec/versions/0/schema/openAPIV3Schema");
  }

  private String path(String plural) {
    return "/apis/fusion.training/v1alpha1/namespaces/" + trainings.namespace + "/" + plural;
  }
}
