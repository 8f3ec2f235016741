package training.fusion.e2e.operator;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.AuditLog;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Volumes;
import training.fusion.local.SampleTraining;

/**
 * Trainings in a namespace of their own, whose pods {@code e2e/stages/pod.yaml} simulates, and what
 * became of them.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
public final class Trainings implements AutoCloseable {
  /** How long a simulated trainer runs. */
  public static final String RUN_FOR = "simulation.fusion.training/run-for";

  private static final String ENDING = "simulation.fusion.training/ending";
  private static final String TRAINING = "fusion.training/training";

  public final String namespace;
  private final ControlPlane controlPlane;
  private final KubernetesClient client;

  public Trainings(ControlPlane controlPlane, String prefix) {
    this.controlPlane = controlPlane.withCustomResources();
    client = controlPlane.client();
    namespace = controlPlane.newNamespace(prefix);
    Volumes.bind(controlPlane, namespace, SampleTraining.DATA);
    Volumes.bind(controlPlane, namespace, SampleTraining.CHECKPOINTS);
  }

  /** The name of the training that an object was made for; null for another's. */
  public static String nameIn(HasMetadata object) {
    return object.getMetadata().getAnnotations().get(TRAINING);
  }

  /** A training that ends as its name says, after this time: {@code 200ms}, {@code 5s}. */
  public void create(String name, String runFor) {
    create(name, runFor, spec -> {});
  }

  /** The same, with more in its spec. */
  public void create(String name, String runFor, Consumer<ObjectNode> change) {
    ObjectNode training = Serialization.unmarshal(SampleTraining.yaml(name, 3), ObjectNode.class);
    var spec = (ObjectNode) training.get("spec");
    spec.withObject("/pod/annotations").put(RUN_FOR, runFor);
    change.accept(spec);
    client
        .resource(Serialization.jsonMapper().convertValue(training, FusionTraining.class))
        .inNamespace(namespace)
        .create();
  }

  public FusionTraining get(String name) {
    return client.resources(FusionTraining.class).inNamespace(namespace).withName(name).get();
  }

  public void patch(String name, Map<String, ?> change) {
    client
        .resources(FusionTraining.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(change));
  }

  public void delete(String name) {
    client.resources(FusionTraining.class).inNamespace(namespace).withName(name).delete();
  }

  public List<FusionTraining> all() {
    return client.resources(FusionTraining.class).inNamespace(namespace).list().getItems();
  }

  /** The training's status once it is so; the last one seen, if it was not within three. */
  public FusionTrainingStatus status(String name, Predicate<FusionTrainingStatus> wanted) {
    return eventually(() -> get(name).getStatus(), s -> s != null && wanted.test(s));
  }

  public FusionTrainingStatus state(String name, State wanted) {
    FusionTrainingStatus status = status(name, seen -> seen.state() == wanted);
    assertThat(status.state()).as("%s: %s", name, status).isEqualTo(wanted);
    return status;
  }

  public FusionTrainingStatus ended(String name) {
    FusionTrainingStatus status = status(name, seen -> seen.completionTime() != null);
    assertThat(status.completionTime()).as("end of %s: %s", name, status).isNotNull();
    return status;
  }

  /** It has succeeded, with the figures that belong to its name. */
  public void succeeded(String name) {
    assertResult(name, ended(name));
  }

  /** This status is a success with the figures that belong to the training's name. */
  public static void assertResult(String name, FusionTrainingStatus status) {
    var figures = new SimulatedFigures(name);
    assertThat(status.state()).as("%s: %s", name, status).isEqualTo(State.SUCCEEDED);
    assertThat(status.test()).as(name).isEqualTo(figures.test());
    assertThat(status.metrics()).as(name).isEqualTo(figures.test());
    assertThat(status.validation()).as(name).isEqualTo(figures.validation());
    assertThat(status.model().sha256()).as(name).isEqualTo(figures.modelSha256());
  }

  public static Condition condition(FusionTrainingStatus status, String type) {
    return status.conditions().stream()
        .filter(condition -> type.equals(condition.getType()))
        .findFirst()
        .orElseThrow();
  }

  public List<Job> jobs(String name) {
    return client.batch().v1().jobs().inNamespace(namespace).list().getItems().stream()
        .filter(job -> name.equals(nameIn(job)))
        .toList();
  }

  public List<Pod> pods(String name) {
    return client.pods().inNamespace(namespace).list().getItems().stream()
        .filter(pod -> name.equals(nameIn(pod)))
        .toList();
  }

  /** Its Jobs and pods are gone, or go. */
  public void assertJobsGone(String name) {
    assertThat(eventually(() -> jobs(name), List::isEmpty)).extracting(Trainings::name).isEmpty();
    assertPodsGone(name);
  }

  /** Its pods are gone, or go. */
  public void assertPodsGone(String name) {
    assertThat(eventually(() -> pods(name), List::isEmpty)).extracting(Trainings::name).isEmpty();
  }

  /** A pod of the training that is as wanted, before long. */
  public Pod pod(String name, Predicate<Pod> wanted) {
    return eventually(() -> pods(name), pods -> pods.stream().anyMatch(wanted)).stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no such pod of " + name + " in " + pods(name)));
  }

  /** A running pod of the training, none of these. */
  public Pod running(String name, Pod... others) {
    List<String> known = List.of(others).stream().map(Trainings::uid).toList();
    return pod(
        name, pod -> "Running".equals(pod.getStatus().getPhase()) && !known.contains(uid(pod)));
  }

  /** Makes a running pod end so, in the words of {@code e2e/stages/pod.yaml}. */
  public void end(Pod pod, String ending) {
    client
        .resource(pod)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(
                Map.of("metadata", Map.of("annotations", Map.of(ENDING, ending)))));
  }

  /** The names of the Jobs that the API server has let somebody make for the training, ever. */
  public List<String> jobsEverMade(String name) {
    return everMade("jobs").getOrDefault(name, List.of());
  }

  /** How many pods the API server has let somebody make for the training, ever. */
  public int podsEverMade(String name) {
    return everMade("pods").getOrDefault(name, List.of()).size();
  }

  /** The names of all Jobs or pods that were ever made, by training. */
  public Map<String, List<String>> everMade(String resource) {
    return controlPlane
        .auditLog()
        .requests(namespace, AuditLog.writes(namespace, resource))
        .stream()
        .filter(event -> "create".equals(event.path("verb").asText()))
        .filter(event -> event.at("/objectRef/subresource").isMissingNode())
        .filter(event -> event.at("/responseStatus/code").asInt() == 201)
        .collect(
            groupingBy(
                Trainings::training,
                mapping(event -> event.at("/objectRef/name").asText(), toList())));
  }

  private static String training(JsonNode event) {
    return event.at("/requestObject/metadata/annotations").path(TRAINING).asText();
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  private static String uid(Pod pod) {
    return Objects.requireNonNull(pod.getMetadata().getUid());
  }

  @Override
  public void close() {
    client.namespaces().withName(namespace).delete();
  }
}
