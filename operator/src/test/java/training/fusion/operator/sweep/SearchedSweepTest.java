package training.fusion.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepSpec;
import training.fusion.operator.sweep.trial.Trial;
import training.fusion.operator.sweep.trial.TrialRow;

/** Twelve groups of two seeds and nine epochs, compared after one epoch and after three. */
@DisplayName("A sweep that searches")
class SearchedSweepTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final int EPOCHS = 9;
  private static final String SWEEP =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionSweep
      metadata: {name: search, namespace: vision, uid: 5f0c, generation: 1}
      spec:
        parallelism: 5
        maxFailedTrials: 24
        search: {successiveHalving: {}}
        matrix:
          arms:
          - name: cnn
            model: {architecture: EfficientNetV2-S}
            optimizations:
            - fusion:
                lastBlocks: [1, 2, 3, 4, 5, 6]
                pairs:
                - {lowLevel: {optimizer: {type: Adam}}, highLevel: {optimizer: {type: SGD}}}
                - {lowLevel: {optimizer: {type: SGD}}, highLevel: {optimizer: {type: Adam}}}
          datasets:
          - {name: one, format: IDX, source: {persistentVolumeClaim: {claimName: a}}}
          seeds: [2, 1]
        template: {training: {epochs: 9}, pod: {gpu: {count: 0}}}
      """;

  private FusionSweep sweep = SweepYaml.of(SWEEP);
  private List<Trial> trials = MatrixExpansion.of(sweep);
  private final Map<String, FusionTraining> existing = new HashMap<>();
  private final Map<String, TrialRow> rows = new HashMap<>();

  private SweepObservation seen() {
    return new SweepObservation(sweep, trials, existing, rows, Map.of());
  }

  private void edit(String field, @Nullable Object value) {
    ObjectNode spec = Serialization.jsonMapper().valueToTree(sweep.getSpec());
    spec.set(field, Serialization.jsonMapper().valueToTree(value));
    sweep.setSpec(Serialization.unmarshal(spec.toString(), FusionSweepSpec.class));
    trials = MatrixExpansion.of(sweep);
  }

  private void become(String yaml) {
    sweep = SweepYaml.of(yaml);
    trials = MatrixExpansion.of(sweep);
  }

  private static Map<String, Object> search(Map<String, ?> halving) {
    return Map.of("successiveHalving", halving);
  }

  /** What the reconciler would do: the sweep's own, and nothing that it remembers. */
  private void act() {
    SearchPlan plan = seen().plan();
    for (Trial trial : seen().startable()) {
      Integer pause = plan.pauseAfterEpoch(trial.name());
      FusionTraining known = existing.get(trial.name());
      existing.put(
          trial.name(), training(trial.name(), pause, known == null ? null : known.getStatus()));
    }
    assertThat(running()).hasSizeLessThanOrEqualTo(5);
  }

  private static FusionTraining training(
      String name, @Nullable Integer pause, @Nullable FusionTrainingStatus status) {
    var training =
        Serialization.unmarshal(
            "metadata: {name: %s}\nspec: {pauseAfterEpoch: %s}\n".formatted(name, pause),
            FusionTraining.class);
    training.setStatus(status);
    return training;
  }

  private List<String> running() {
    SweepObservation seen = seen();
    return existing.keySet().stream()
        .filter(name -> seen.where(name) == SweepObservation.Where.RUNNING)
        .sorted()
        .toList();
  }

  /** A trial gets to its pause, or to its end; some fail on their way. */
  private void getsThere(String name) {
    FusionTraining trial = Objects.requireNonNull(existing.get(name));
    Integer pause = trial.getSpec().pauseAfterEpoch();
    int epoch = pause == null ? EPOCHS : Math.min(pause, EPOCHS);
    FusionTrainingStatus before = trial.getStatus();
    List<FusionTrainingStatus.Pause> pauses =
        before == null || before.pauses() == null ? List.of() : before.pauses();
    List<String> told = new ArrayList<>();
    for (FusionTrainingStatus.Pause past : pauses) {
      told.add(told(name, past.epoch()));
    }
    boolean fails = Math.floorMod(name.hashCode(), 17) == epoch;
    if (epoch < EPOCHS && !fails) {
      told.add(told(name, epoch));
    }
    String state = fails ? "Failed" : epoch < EPOCHS ? "Paused" : "Succeeded";
    trial.setStatus(
        Serialization.unmarshal(
            "state: %s\npauses: [%s]\n".formatted(state, String.join(", ", told)),
            FusionTrainingStatus.class));
  }

  /** Two figures only, so that many are equal. */
  private static String told(String name, int epoch) {
    int figure = Math.floorMod((name + epoch).hashCode(), 20);
    return "{epoch: %d, metrics: {split: Validation, epoch: %d, accuracy: %s, loss: 1, f1: 0.5}}"
        .formatted(epoch, epoch, figure / 20.0);
  }

  private void toTheEnd(Random order) {
    act();
    for (List<String> now = running(); !now.isEmpty(); now = running()) {
      assertThat(seen().hasEnded()).isFalse();
      getsThere(now.get(order.nextInt(now.size())));
      act();
    }
    assertThat(seen().hasEnded()).isTrue();
  }

  private Set<String> in(State state) {
    return existing.values().stream()
        .filter(it -> it.getStatus() != null && it.getStatus().state() == state)
        .map(it -> it.getMetadata().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  @DisplayName("trains the same trials to the end in whatever order results come")
  void order() {
    toTheEnd(new Random(0));
    Set<String> through = in(State.SUCCEEDED);
    Map<String, Integer> pauses = pauses();
    assertThat(through).isNotEmpty().hasSizeLessThanOrEqualTo(2);
    assertThat(in(State.PAUSED)).hasSizeGreaterThan(15);
    for (long seed = 1; seed < 40; seed++) {
      existing.clear();
      toTheEnd(new Random(seed));
      assertThat(in(State.SUCCEEDED)).isEqualTo(through);
      assertThat(pauses()).isEqualTo(pauses);
    }
  }

  private Map<String, Integer> pauses() {
    Map<String, Integer> pauses = new HashMap<>();
    existing.forEach(
        (name, trial) ->
            pauses.put(name, Objects.requireNonNull(trial.getStatus().pauses()).size()));
    return pauses;
  }

  @Test
  @DisplayName("says how far it is, and what it does without")
  void says() {
    act();
    assertThat(status().at("/search").toString())
        .isEqualTo(
            "{\"rung\":\"1 of 3\",\"groups\":12,\"groupsLeft\":12,\"trainedEpochs\":0,"
                + "\"plannedEpochs\":52,\"matrixEpochs\":216,\"saved\":0.759}");
    toTheEnd(new Random(0));
    ObjectNode status = status();
    assertThat(status.at("/state").asText()).isEqualTo("Succeeded");
    assertThat(status.at("/search/rung").asText()).isEqualTo("3 of 3");
    assertThat(status.at("/search/trainedEpochs").asInt()).isLessThanOrEqualTo(52);
    assertThat(status.at("/trials/paused").asInt()).isEqualTo(in(State.PAUSED).size());
  }

  private ObjectNode status() {
    return SweepStatus.patch(seen(), List.of(), Optional.empty(), Optional.empty(), NOW);
  }

  @Test
  @DisplayName(
      "begins with the lowest seed of each group, then the next; a trial's name says nothing of pauses")
  void seeds() {
    edit("search", search(Map.of("seedsPerRung", List.of(1, 2))));
    edit("parallelism", 24);
    List<Trial> first = seen().startable();
    assertThat(first).hasSize(12).allMatch(trial -> trial.cell().seed() == 1);
    assertThat(first.get(0).pausingAfter(1).name()).isEqualTo(first.get(0).name());
    assertThat(first.get(0).pausingAfter(1).spec().pauseAfterEpoch()).isEqualTo(1);
  }

  @Test
  @DisplayName("ends with what is known when the budget is spent, and goes on when it is raised")
  void budget() {
    edit("search", with(search(Map.of()), 24 + 8));
    toTheEnd(new Random(0));
    assertThat(in(State.SUCCEEDED)).isEmpty();
    assertThat(pauses().values()).contains(2);
    Map<String, Integer> before = pauses();
    edit("search", with(search(Map.of()), 1000));
    assertThat(seen().hasEnded()).isFalse();
    toTheEnd(new Random(0));
    assertThat(in(State.SUCCEEDED)).isNotEmpty();
    before.forEach((name, count) -> assertThat(pauses().get(name)).isGreaterThanOrEqualTo(count));
  }

  private static Map<String, Object> with(Map<String, Object> search, int maxEpochs) {
    Map<String, Object> all = new HashMap<>(search);
    all.put("maxEpochs", maxEpochs);
    return all;
  }

  @Test
  @DisplayName("trains all to the end once the search is removed, each from where it was")
  void removed() {
    toTheEnd(new Random(0));
    int failed = in(State.FAILED).size();
    edit("search", null);
    toTheEnd(new Random(0));
    assertThat(in(State.SUCCEEDED).size() + in(State.FAILED).size()).isEqualTo(24);
    assertThat(in(State.FAILED)).hasSizeGreaterThanOrEqualTo(failed);
  }

  @Test
  @DisplayName("waits for a seed that was added, and takes no trial back that has gone on")
  void seedAdded() {
    toTheEnd(new Random(0));
    Set<String> through = in(State.SUCCEEDED);
    ObjectNode matrix = Serialization.jsonMapper().valueToTree(sweep.getSpec().matrix());
    matrix.withArray("seeds").add(3);
    edit("matrix", matrix);
    assertThat(seen().hasEnded()).isFalse();
    List<Trial> next = seen().startable();
    assertThat(next).hasSize(5).allMatch(trial -> trial.cell().seed() == 3);
    toTheEnd(new Random(0));
    assertThat(in(State.SUCCEEDED)).containsAll(through);
  }

  @Test
  @DisplayName("stops what runs when it is suspended, and leaves what is paused")
  void suspended() {
    act();
    List<String> now = running();
    getsThere(now.get(0));
    edit("suspend", true);
    assertThat(seen().startable()).isEmpty();
    assertThat(seen().stoppable())
        .extracting(it -> it.getMetadata().getName())
        .containsExactlyInAnyOrderElementsOf(now.subList(1, now.size()));
  }

  @Test
  @DisplayName("is refused where it could choose nothing, or not what it is to choose")
  void refused() {
    assertThatThrownBy(() -> check(Map.of("firstRung", 9)))
        .hasMessageContaining("firstRung is 9", "arm cnn have 9 epochs");
    assertThatThrownBy(() -> check(Map.of("seedsPerRung", List.of(2, 1))))
        .hasMessageContaining("let the numbers grow");
    assertThatThrownBy(() -> check(Map.of("seedsPerRung", List.of(3))))
        .hasMessageContaining("matrix.seeds has 2");
    become(SWEEP.replace("format: IDX,", "format: IDX, split: {validation: 0},"));
    assertThatThrownBy(() -> check(Map.of())).hasMessageContaining("no validation images");
  }

  private void check(Map<String, ?> halving) {
    edit("search", search(halving));
    SearchPlan.check(sweep.getSpec(), MatrixExpansion.of(sweep));
  }

  @Test
  @DisplayName("compares groups within their arm and data set alone")
  void places() {
    become(
        SWEEP.replace(
            "    - {name: one,",
            "    - {name: two, format: CIFAR10, source: {persistentVolumeClaim: {claimName: b}}}\n"
                + "    - {name: one,"));
    toTheEnd(new Random(0));
    Map<String, String> datasets =
        MatrixExpansion.of(sweep).stream()
            .collect(Collectors.toMap(Trial::name, trial -> trial.cell().dataset()));
    assertThat(in(State.SUCCEEDED).stream().map(datasets::get).sorted(Comparator.naturalOrder()))
        .contains("one", "two");
  }
}
