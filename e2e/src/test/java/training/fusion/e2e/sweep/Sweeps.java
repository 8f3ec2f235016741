package training.fusion.e2e.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepSpec;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.resource.sweep.FusionSweepStatus.State;
import training.fusion.api.resource.sweep.SweepSearch;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.operator.Trainings;
import training.fusion.local.SampleTraining;

/** Sweeps whose trials' pods are simulated, and what became of them. */
@NullUnmarked // an assertion that fails is the answer to what is absent
public final class Sweeps {
  private static final String DATA_SET =
      "{name: sample-%d, format: IDX, source: {persistentVolumeClaim: {claimName: %s}}}";

  private static final String SWEEP =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionSweep
      metadata: {name: %s}
      spec:
        parallelism: %d
        maxFailedTrials: 0
        matrix:
          arms:
          - name: efficientnet
            model: {architecture: EfficientNetV2-S, dropout: 0, stochasticDepth: 0}
            optimizations:
            - single: {optimizers: [{type: SGD, learningRate: 1e-2, momentum: 0.9}, {type: Adam}]}
            - fusion:
                lastBlocks: [4, 5, 6]
                pairs:
                - {lowLevel: {optimizer: {type: Adam}}, highLevel: {optimizer: {type: SGD}}}
                - {lowLevel: {optimizer: {type: SGD}}, highLevel: {optimizer: {type: Adam}}}
          datasets: %s
          seeds: %s
        template:
          training: {epochs: 3, imageSize: 32}
          checkpoint: {volume: {persistentVolumeClaim: {claimName: %s}}}
          pod: {gpu: {count: 0}, annotations: {%s: %s}}
      """;

  /** Trials of one seed and one data set in a sweep of {@link #create}. */
  public static final int CELLS = 8;

  private final KubernetesClient client;
  private final String namespace;

  public Sweeps(ControlPlane controlPlane, String namespace) {
    client = controlPlane.client();
    this.namespace = namespace;
  }

  /** A sweep of eight cells; its trials' pods run for so long. */
  public void create(String name, int parallelism, int seeds, String runFor) {
    create(name, parallelism, 1, seeds, runFor);
  }

  /** The same cells on each of several data sets. */
  public void create(String name, int parallelism, int dataSets, int seeds, String runFor) {
    client.resource(of(name, parallelism, dataSets, seeds, runFor)).inNamespace(namespace).create();
  }

  /** As {@link #create(String, int, int, String)}, of a sweep that searches. */
  void createSearching(String name, int parallelism, int seeds, String runFor, String search) {
    FusionSweep sweep = of(name, parallelism, 1, seeds, runFor);
    FusionSweepSpec spec = sweep.getSpec();
    sweep.setSpec(
        new FusionSweepSpec(
            spec.suspend(),
            spec.parallelism(),
            spec.maxFailedTrials(),
            spec.matrix(),
            spec.template(),
            Serialization.unmarshal(search, SweepSearch.class)));
    client.resource(sweep).inNamespace(namespace).create();
  }

  private static FusionSweep of(
      String name, int parallelism, int dataSets, int seeds, String runFor) {
    String yaml =
        SWEEP.formatted(
            name,
            parallelism,
            IntStream.rangeClosed(1, dataSets)
                .mapToObj(number -> DATA_SET.formatted(number, SampleTraining.DATA))
                .toList(),
            IntStream.rangeClosed(1, seeds).boxed().toList(),
            SampleTraining.CHECKPOINTS,
            Trainings.RUN_FOR,
            runFor);
    return Serialization.unmarshal(yaml, FusionSweep.class);
  }

  public FusionSweep get(String name) {
    return client.resources(FusionSweep.class).inNamespace(namespace).withName(name).get();
  }

  public void patch(String name, String spec) {
    client
        .resources(FusionSweep.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":" + spec + "}");
  }

  public void delete(String name) {
    client.resources(FusionSweep.class).inNamespace(namespace).withName(name).delete();
  }

  /** The sweep's status once it speaks of its spec and is so. */
  public FusionSweepStatus status(String name, Predicate<FusionSweepStatus> wanted) {
    FusionSweep sweep =
        eventually(
            () -> get(name),
            seen ->
                seen.getStatus() != null
                    && seen.getMetadata()
                        .getGeneration()
                        .equals(seen.getStatus().observedGeneration())
                    && wanted.test(seen.getStatus()));
    assertThat(sweep.getStatus()).as(name).matches(wanted, "as wanted");
    return sweep.getStatus();
  }

  public FusionSweepStatus state(String name, State wanted) {
    return status(name, seen -> seen.state() == wanted);
  }

  static Condition condition(FusionSweepStatus status, String type) {
    return status.conditions().stream()
        .filter(condition -> type.equals(condition.getType()))
        .findFirst()
        .orElseThrow();
  }

  /** The trials that are there, by name. */
  public Map<String, FusionTraining> trials(String sweep) {
    FusionSweep owner = get(sweep);
    return client.resources(FusionTraining.class).inNamespace(namespace).list().getItems().stream()
        .filter(trial -> owner != null && trial.hasOwnerReferenceFor(owner))
        .collect(
            Collectors.toMap(t -> t.getMetadata().getName(), t -> t, (a, b) -> a, TreeMap::new));
  }

  /** The rows that are kept, by trial. */
  Map<String, JsonNode> rows(String sweep) {
    Map<String, JsonNode> rows = new TreeMap<>();
    for (String name : get(sweep).getStatus().rows()) {
      ConfigMap map = client.configMaps().inNamespace(namespace).withName(name).get();
      map.getData()
          .forEach((trial, json) -> rows.put(trial, Serialization.unmarshal(json, JsonNode.class)));
    }
    return rows;
  }

  /** A file of the report. */
  String report(String sweep, String file) {
    String name = get(sweep).getStatus().report().configMap();
    return client.configMaps().inNamespace(namespace).withName(name).get().getData().get(file);
  }

  /** ConfigMaps that belong to sweeps. */
  List<ConfigMap> configMaps() {
    return client
        .configMaps()
        .inNamespace(namespace)
        .withLabel("fusion.training/sweep-uid")
        .list()
        .getItems();
  }
}
