package training.fusion.e2e.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Probe;
import training.fusion.e2e.cluster.ProcessFigures;
import training.fusion.e2e.cluster.Volumes;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;
import training.fusion.local.SampleTraining;

/** A TrainJob for each item: Kubeflow Trainer and JobSet, with their own defaults. */
@NullUnmarked // as the API server sends it, much may be absent
final class KubeflowTrainer implements BenchmarkSubject, BenchmarkSubject.Controller {
  private static final ResourceDefinitionContext TRAIN_JOBS =
      new ResourceDefinitionContext.Builder()
          .withGroup("trainer.kubeflow.org")
          .withVersion("v1alpha1")
          .withKind("TrainJob")
          .withPlural("trainjobs")
          .withNamespaced(true)
          .build();

  private static final String RUNTIME =
      """
      apiVersion: trainer.kubeflow.org/v1alpha1
      kind: TrainingRuntime
      metadata: {name: one-gpu}
      spec:
        mlPolicy: {numNodes: 1}
        template:
          spec:
            replicatedJobs:
            - name: node
              template:
                metadata:
                  labels: {trainer.kubeflow.org/trainjob-ancestor-step: trainer}
                spec:
                  template:
                    metadata:
                      annotations: {%s: %s}
                    spec:
                      containers:
                      - name: node
                        image: example.test/main:1
                        resources:
                          limits: {nvidia.com/gpu: 1}
                        volumeMounts:
                        - {name: data, mountPath: /data, readOnly: true}
                        - {name: checkpoints, mountPath: /checkpoints}
                      volumes:
                      - name: data
                        persistentVolumeClaim: {claimName: %s, readOnly: true}
                      - name: checkpoints
                        persistentVolumeClaim: {claimName: %s}
      """
          .formatted(Trainings.RUN_FOR, AT_ONCE, SampleTraining.DATA, SampleTraining.CHECKPOINTS);

  private static final String TRAIN_JOB =
      """
      apiVersion: trainer.kubeflow.org/v1alpha1
      kind: TrainJob
      metadata: {name: %s}
      spec:
        runtimeRef: {apiGroup: trainer.kubeflow.org, kind: TrainingRuntime, name: one-gpu}
      """;

  /** As their binaries call themselves. */
  private static final List<String> AGENTS = List.of("trainer-controller-manager/", "jobset/");

  private final KubernetesClient client;
  private final String namespace;
  private final List<ProcessBuilder> commands = new ArrayList<>();
  private final List<URI> probes = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  /** Installs both, for webhooks on ports that are free now. */
  KubeflowTrainer(ControlPlane controlPlane) throws IOException {
    client = controlPlane.client();
    var installation = new KubeflowInstallation(controlPlane);
    int trainerProbe = ShippedOperator.freePort();
    int jobSetProbe = ShippedOperator.freePort();
    command(controlPlane, trainerProbe, "trainer-controller-manager")
        .add("--webhook-server-port=" + installation.trainerPort());
    Path settings = ControlPlane.MODULE.resolve("target/jobset.yaml");
    Files.writeString(settings, installation.jobSetSettings());
    command(controlPlane, jobSetProbe, "jobset").add("--config=" + settings);
    installation.install();
    namespace = controlPlane.newNamespace("trainjobs");
    Volumes.bind(controlPlane, namespace, SampleTraining.DATA);
    Volumes.bind(controlPlane, namespace, SampleTraining.CHECKPOINTS);
  }

  private List<String> command(ControlPlane controlPlane, int probe, String binary) {
    List<String> line = new ArrayList<>();
    line.add(KubeflowInstallation.BUILT.resolve("bin").resolve(binary).toString());
    line.add("--kubeconfig=" + controlPlane.kubeconfig());
    line.add("--health-probe-bind-address=127.0.0.1:" + probe);
    Path log = ControlPlane.MODULE.resolve("target").resolve(binary + ".log");
    commands.add(
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
    probes.add(URI.create("http://127.0.0.1:" + probe + "/readyz"));
    return line;
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public void create(String item) {
    client.resource(TRAIN_JOB.formatted(item)).inNamespace(namespace).create();
  }

  @Override
  public String itemOf(HasMetadata made) {
    return made.getMetadata().getLabels().get("jobset.sigs.k8s.io/jobset-name");
  }

  @Override
  public SharedIndexInformer<?> watchEnds(ItemTimes seen) {
    return client
        .genericKubernetesResources(TRAIN_JOBS)
        .inNamespace(namespace)
        .inform(
            new ArrivalTimes<>(
                new ConcurrentHashMap<>(),
                seen.ended(),
                trainJob -> trainJob.getMetadata().getName(),
                KubeflowTrainer::isComplete));
  }

  private static boolean isComplete(GenericKubernetesResource trainJob) {
    List<Map<String, String>> conditions = trainJob.get("status", "conditions");
    return conditions != null
        && conditions.stream()
            .anyMatch(it -> it.get("type").equals("Complete") && it.get("status").equals("True"));
  }

  @Override
  public boolean isRequest(JsonNode event) {
    String agent = event.path("userAgent").asText();
    return AGENTS.stream().anyMatch(agent::startsWith);
  }

  @Override
  public Optional<Controller> controller() {
    return Optional.of(this);
  }

  @Override
  public void start() throws IOException {
    for (ProcessBuilder command : commands) {
      processes.add(command.start());
    }
  }

  @Override
  public boolean isReady() {
    return probes.stream().allMatch(Probe::isOk) && takesRuntime();
  }

  /** What its items refer to, which its webhooks look at. */
  private boolean takesRuntime() {
    try {
      client.resource(RUNTIME).inNamespace(namespace).createOr(NonDeletingOperation::update);
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  @Override
  public void kill() {
    processes.forEach(it -> it.destroyForcibly().onExit().join());
    processes.clear();
  }

  @Override
  public List<ProcessFigures> processes() {
    return processes.stream().map(it -> new ProcessFigures(it.toHandle())).toList();
  }
}
