package training.fusion.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Optimization;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.Trial;

@DisplayName("A sweep's matrix")
class MatrixExpansionTest {
  private static List<Trial> trials(String yaml) {
    return MatrixExpansion.of(SweepYaml.of(yaml));
  }

  private static String words(Trial trial) {
    Cell cell = trial.cell();
    return "%s %s, %s, %d"
        .formatted(
            cell.arm(),
            cell.dataset(),
            OptimizationSummary.words(cell.optimization(), cell.architecture()),
            cell.seed());
  }

  @Test
  @DisplayName("becomes trials in the order in which it is written")
  void order() {
    assertThat(trials(SweepYaml.SMALL))
        .extracting(MatrixExpansionTest::words)
        .hasSize(12)
        .startsWith(
            "cnn one, SGD for all blocks, 1",
            "cnn one, SGD for all blocks, 2",
            "cnn one, Adam blocks 0–5 → SGD blocks 6–7 and head, 1",
            "cnn one, Adam blocks 0–5 → SGD blocks 6–7 and head, 2",
            "cnn one, Adam blocks 0–6 → SGD block 7 and head, 1")
        .endsWith("cnn two, Adam blocks 0–6 → SGD block 7 and head, 2");
  }

  @Test
  @DisplayName("lays an arm's fields over the template's, and data set and seed over both")
  void merged() {
    FusionTrainingSpec spec = trials(SweepYaml.SMALL).get(11).spec();
    assertThat(Serialization.asJson(spec))
        .isEqualTo(
            Serialization.asJson(
                Serialization.unmarshal(
                    """
                    model: {architecture: EfficientNetV2-S}
                    dataset: {format: CIFAR10, source: {persistentVolumeClaim: {claimName: b}}}
                    optimization:
                      fusion:
                        lowLevel: {lastBlock: 6, optimizer: {type: Adam, learningRate: 1e-4}, maxGradNorm: 1}
                        highLevel: {optimizer: {type: SGD}}
                    training: {epochs: 3, imageSize: 64, seed: 2}
                    pod: {gpu: {count: 0}}
                    """,
                    FusionTrainingSpec.class)));
  }

  @Test
  @DisplayName("tries a training's choice by two arms of one network, one of which has it")
  void armsDifferInTraining() {
    String arm =
        "    - {name: aware, model: {architecture: EfficientNetV2-S}, training: {imageSize: 64, sharpnessAware: {rho: 0.1}}, optimizations: [{mas: {}}]}\n";
    String two = SweepYaml.SMALL.replace("    datasets:\n", arm + "    datasets:\n");
    List<Trial> aware = trials(two).stream().filter(t -> t.cell().arm().equals("aware")).toList();
    assertThat(aware).hasSize(4);
    assertThat(aware)
        .allSatisfy(
            trial ->
                assertThat(Objects.requireNonNull(trial.spec().training().sharpnessAware()).rho())
                    .isEqualTo(0.1));
    assertThat(names(two)).containsAll(names(SweepYaml.SMALL)).hasSize(16);
  }

  /** A change of these is a change that runs every trial of every sweep again. */
  @Test
  @DisplayName("names its trials as the first version of the operator did")
  void golden() {
    assertThat(trials(SweepYaml.SMALL))
        .extracting(Trial::name)
        .doesNotHaveDuplicates()
        .startsWith("small-02d64c70d3", "small-9d4b3c74b5", "small-63dd6941ac");
  }

  @ParameterizedTest
  @DisplayName("names a trial by what it is, not by how it is written or what else there is")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          learningRate: 1e-4     | learningRate: 0.00010
          seeds: [1, 2]          | seeds: [2, 7, 1]
          lastBlocks: [5, 6]     | lastBlocks: [6, 1, 5]
          parallelism: 2         | parallelism: 9
          {epochs: 3, imageSize: 32} | {imageSize: 32, epochs: 3}
          """)
  void sameTrials(String written, String otherwise) {
    Set<String> names = names(SweepYaml.SMALL);
    assertThat(names(SweepYaml.SMALL.replace(written, otherwise))).containsAll(names);
  }

  @ParameterizedTest
  @DisplayName("names all trials anew when what they have in common changes")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          epochs: 3       | epochs: 4
          imageSize: 64   | imageSize: 96
          name: cnn       | name: convolutional
          """)
  void otherTrials(String written, String otherwise) {
    assertThat(names(SweepYaml.SMALL.replace(written, otherwise)))
        .hasSize(12)
        .doesNotContainAnyElementsOf(names(SweepYaml.SMALL));
  }

  private static Set<String> names(String yaml) {
    return trials(yaml).stream().map(Trial::name).collect(Collectors.toSet());
  }

  @ParameterizedTest(name = "{0}: {1} left")
  @DisplayName("leaves out what an element of exclude is true of")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {seed: 2}                      | 6
          {lastBlock: 6}                 | 8
          {single: SGD}                  | 8
          {lowLevel: Adam, seed: 1}      | 8
          {dataset: two, highLevel: SGD} | 8
          {highLevel: Adam}              | 12
          {arm: other}                   | 12
          """)
  void excluded(String exclusion, int left) {
    assertThat(
            trials(
                SweepYaml.SMALL.replace(
                    "    seeds: [1, 2]", "    seeds: [1, 2]\n    exclude: [" + exclusion + "]")))
        .hasSize(left);
  }

  @Test
  @DisplayName("is refused when it has more than 2,000 trials, or none")
  void tooMany() {
    String seeds = IntStream.rangeClosed(1, 334).boxed().toList().toString();
    assertThatThrownBy(() -> trials(SweepYaml.SMALL.replace("[1, 2]", seeds)))
        .isInstanceOf(BadSweep.class)
        .hasMessageContaining("2004 trials");
    assertThatThrownBy(
            () ->
                trials(
                    SweepYaml.SMALL.replace(
                        "    seeds: [1, 2]", "    seeds: [1, 2]\n    exclude: [{arm: cnn}]")))
        .isInstanceOf(BadSweep.class)
        .hasMessageContaining("exclude leaves no trial");
  }

  @Test
  @DisplayName("is refused when a strategy stands twice in an arm, however it is written")
  void twins() {
    String twice =
        SweepYaml.SMALL.replace(
            "learningRate: 1e-2}]", "learningRate: 1e-2}, {learningRate: 0.01, type: SGD}]");
    assertThatThrownBy(() -> trials(twice))
        .isInstanceOf(BadSweep.class)
        .hasMessage(
            "arm cnn, data set one, SGD for all blocks stands twice in the matrix; remove one of them");
  }

  @ParameterizedTest
  @DisplayName("of examples/paper has the cells of the paper's Table 2")
  @ValueSource(strings = {"literal", "tuned"})
  void tableTwo(String set) throws IOException {
    Set<String> cells = new TreeSet<>();
    for (String data : List.of("cifar10", "folder")) {
      for (Trial trial :
          MatrixExpansion.of(SweepYaml.example("paper/table-2-%s-%s.yaml".formatted(data, set)))) {
        cells.add(key(trial.cell()));
      }
    }
    assertThat(cells).hasSize(44).isEqualTo(paper("paper-table-2.csv"));
  }

  @ParameterizedTest
  @DisplayName("of examples/paper has the cells of the paper's Table 3")
  @ValueSource(strings = {"literal", "tuned"})
  void tableThree(String set) throws IOException {
    Set<String> cells = new TreeSet<>();
    for (String data : List.of("cifar10", "folder")) {
      for (Trial trial :
          MatrixExpansion.of(SweepYaml.example("paper/table-3-%s-%s.yaml".formatted(data, set)))) {
        String key = key(trial.cell());
        assertThat(key).endsWith(",SGD");
        cells.add(key.substring(0, key.length() - ",SGD".length()));
      }
    }
    assertThat(cells).hasSize(16).isEqualTo(paper("paper-table-3.csv"));
  }

  /** The paper's columns: model, dataset, low_level_optimizer, last_low_level_block, high_level. */
  private static String key(Cell cell) {
    String model = Objects.requireNonNull(cell.architecture()).paperName();
    String dataset = cell.dataset().equals("cifar10") ? "CIFAR-10" : cell.dataset();
    Optimization.Fusion fusion = cell.optimization().fusion();
    return fusion == null
        ? "%s,%s,%s,all,"
            .formatted(
                model,
                dataset,
                Objects.requireNonNull(cell.optimization().single()).optimizer().type())
        : "%s,%s,%s,%d,%s"
            .formatted(
                model,
                dataset,
                fusion.lowLevel().optimizer().type(),
                fusion.lowLevel().lastBlock(),
                fusion.highLevel().optimizer().type());
  }

  private static Set<String> paper(String file) throws IOException {
    try (var in = MatrixExpansion.class.getResourceAsStream("report/" + file)) {
      var text =
          new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
      int columns = file.contains("2") ? 5 : 4;
      List<String> keys = new ArrayList<>();
      text.lines()
          .skip(1)
          .map(line -> List.of(line.split(",", -1)))
          .forEach(cells -> keys.add(String.join(",", cells.subList(0, columns))));
      return new TreeSet<>(keys);
    }
  }
}
