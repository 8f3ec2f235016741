package training.fusion.api.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A field that the command line sets")
class FieldAssignmentTest {
  private static final Path EXAMPLES = Path.of("..", "..", "examples");

  @ParameterizedTest(name = "{0} makes {1} {2}")
  @DisplayName("has the type that the schema gives it, and null removes it")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "removed",
      textBlock =
          """
          training.epochs=5                            | /spec/training/epochs                              | 5
          spec.training.epochs=5                       | /spec/training/epochs                              | 5
          runId=5                                      | /spec/runId                                        | "5"
          runId="null"                                 | /spec/runId                                        | "null"
          runId=                                       | /spec/runId                                        | ""
          training.schedule=null                       | /spec/training/schedule                            | removed
          training.ema.warmup=yes                      | /spec/training/ema/warmup                          | true
          optimization.fusion.lowLevel.optimizer={type: SGD, learningRate: 1e-3} | /spec/optimization/fusion/lowLevel/optimizer | {"type":"SGD","learningRate":0.001}
          pod.env[0].name=TZ                           | /spec/pod/env                                      | [{"name":"TZ"}]
          pod.nodeSelector.kubernetes.io/arch=arm64    | /spec/pod/nodeSelector                             | {"kubernetes.io/arch":"arm64"}
          pod.nodeSelector["kubernetes.io/arch"]=arm64 | /spec/pod/nodeSelector                             | {"kubernetes.io/arch":"arm64"}
          pod.resources.limits.cpu=2                   | /spec/pod/resources/limits/cpu                     | 2
          dataset.normalization.mean[0]=0.5            | /spec/dataset/normalization/mean                   | [0.5,0.286,0.286]
          dataset.normalization.std[0]=null            | /spec/dataset/normalization/std                    | [0.353,0.353]
          metadata.name=second                         | /metadata/name                                     | "second"
          metadata.labels.team=vision                  | /metadata/labels                                   | {"team":"vision"}
          quickstart:training.seed=7                   | /spec/training/seed                                | 7
          """)
  void values(String text, String pointer, String value) throws IOException {
    JsonNode found = set("01-quickstart.yaml", text).value().at(pointer);
    if (value == null) {
      assertThat(found.isMissingNode()).isTrue();
    } else {
      assertThat(found).hasToString(value);
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("that can't be set so is refused by its option and path, with what would be right")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          training.epoch=5           | spec.training.epoch: unknown field; did you mean epochs?
          epochs=5                   | spec.epochs: unknown field; did you mean training.epochs?
          training.epochs.most=5     | spec.training.epochs has no fields, so there is no most below it
          training.epochs=           | spec.training.epochs is given no value; null removes it
          training.epochs=[          | not valid YAML
          training.epochs            | must be a field and its value, such as --set training.epochs=5
          pod.env.name=TZ            | spec.pod.env is a list, whose elements are spec.pod.env[0] and so on, not name
          pod.env[1].name=TZ         | spec.pod.env has 0 elements, so [0] would be the next
          another:training.epochs=5  | there is no another; the files have quickstart
          status.state=Failed        | unknown field
          """)
  void mistakes(String text, String said) {
    assertThatThrownBy(() -> set("01-quickstart.yaml", text))
        .isInstanceOf(UnusableAssignment.class)
        .hasMessageStartingWith("--set " + text + ":")
        .hasMessageContaining(said);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("whose value breaks a rule is named by its option in place of a line of the file")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          training.epochs=five                | --set training.epochs=five: spec.training.epochs: must be a whole number, but is the text "five"
          training.schedule={type: Stepp}     | --set training.schedule={type: Stepp}: spec.training.schedule.type: "Stepp" is not one of Constant, Cosine, Step, Exponential; did you mean Step?
          training.precision=TF32             | --set training.precision=TF32: spec.training.precision: TF32 exists on a GPU only
          optimization.single.optimizer.type=SGD | (--set optimization.single.optimizer.type=SGD)
          """)
  void rules(String text, String said) throws IOException {
    Resource resource = set("01-quickstart.yaml", text);
    Validation validation = CrdValidator.forFusionTraining().validateCreate(resource.value());
    assertThat(validation.problems().stream().map(resource::locate))
        .anySatisfy(problem -> assertThat(problem).contains(said));
  }

  @Test
  @DisplayName("is set for all trials of a sweep: in the template, and in what stands for one arm")
  void sweeps() throws IOException {
    JsonNode sweep =
        set(
                "10-sweep.yaml",
                "matrix.arms[0].training.epochs=9",
                "training.epochs=1",
                "dataset.limit.train=100",
                "model.dropout=0.5",
                "matrix.seeds=[3]")
            .value();
    assertThat(sweep.at("/spec/template/training/epochs").asInt()).isEqualTo(1);
    assertThat(sweep.at("/spec/matrix/arms/0/training/epochs").asInt()).isEqualTo(1);
    assertThat(sweep.at("/spec/matrix/arms/0/model/dropout").asDouble()).isEqualTo(0.5);
    assertThat(sweep.at("/spec/matrix/datasets/0/limit/train").asInt()).isEqualTo(100);
    assertThat(sweep.at("/spec/matrix/seeds")).hasToString("[3]");
    assertThat(set("10-sweep.yaml", "training.epochs=1").value().at("/spec/matrix/arms/0"))
        .as("an arm that has nothing of its own is left alone")
        .isEqualTo(read("10-sweep.yaml").value().at("/spec/matrix/arms/0"));
  }

  @Test
  @DisplayName("is set where it exists, of several resources, and the file's own order counts not")
  void several() throws IOException {
    List<Resource> both = List.of(read("10-sweep.yaml"), read("01-quickstart.yaml"));
    List<Resource> set =
        FieldAssignment.apply(
            Stream.of(
                    "matrix.seeds=[5]", "training.seed=5", "training.epochs=4", "training.epochs=2")
                .map(FieldAssignment::parse)
                .toList(),
            both);
    assertThat(set.get(0).value().at("/spec/matrix/seeds")).hasToString("[5]");
    assertThat(set.get(1).value().at("/spec/training/seed").asInt()).isEqualTo(5);
    assertThat(set).allSatisfy(r -> assertThat(r.value().findValue("epochs").asInt()).isEqualTo(2));
    assertThat(both.get(1).value().at("/spec/training/epochs").asInt())
        .as("what was read stays")
        .isEqualTo(3);
  }

  @Test
  @DisplayName("--new is a runId from the time, which a sweep has not")
  void another() throws IOException {
    FieldAssignment newRun = FieldAssignment.newRun(LocalDateTime.of(2026, 12, 1, 6, 5, 4));
    Resource training =
        FieldAssignment.apply(List.of(newRun), List.of(read("01-quickstart.yaml"))).get(0);
    assertThat(training.value().at("/spec/runId").asText()).isEqualTo("20261201-060504");
    assertThat(CrdValidator.forFusionTraining().validateCreate(training.value()).accepted())
        .isTrue();
    List<Resource> sweep = List.of(read("10-sweep.yaml"));
    assertThatThrownBy(() -> FieldAssignment.apply(List.of(newRun), sweep))
        .hasMessage(
            "--new: a FusionSweep has no runId; --set metadata.name=NAME gives it another name");
  }

  private static Resource set(String example, String... texts) throws IOException {
    List<FieldAssignment> assignments = new ArrayList<>();
    for (String text : texts) {
      assignments.add(FieldAssignment.parse(text));
    }
    return FieldAssignment.apply(assignments, List.of(read(example))).get(0);
  }

  private static Resource read(String example) throws IOException {
    return ResourceReader.read(EXAMPLES.resolve(example)).get(0);
  }
}
