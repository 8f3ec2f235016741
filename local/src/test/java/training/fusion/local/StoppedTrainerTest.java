package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Of a trainer that was stopped, ./fusion run says")
class StoppedTrainerTest {
  private static final String SAYS =
      """
      {"contractVersion": 1, "runKey": "k", "epoch": 0, "step": 2,
       "failure": {"reason": "Terminated", "message": "stopped from outside after step 2"}}
      """;

  @Test
  @DisplayName("what it has said itself")
  void itsWords() {
    assertThat(StoppedTrainer.tell(pod(143, SAYS), Optional.of("checkpoint-0-1")))
        .isEqualTo("mine: stopped from outside after step 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      textBlock =
          """
          137  | null
          137  | ''
          1    | {"contractVersion": 1, "runKey": "k", "fail
          null | null
          """)
  @DisplayName("never that it has saved, if it has not said so")
  void wordless(@Nullable Integer exitCode, @Nullable String message) {
    assertThat(StoppedTrainer.tell(pod(exitCode, message), Optional.empty()))
        .startsWith("mine: ")
        .contains("before it could save", "so nothing is kept");
    assertThat(StoppedTrainer.tell(pod(exitCode, message), Optional.of("checkpoint-1-40")))
        .contains("before it could save", "checkpoint-1-40, which it had saved before, is kept");
  }

  private static Pod pod(@Nullable Integer exitCode, @Nullable String message) {
    var container = new ContainerStatusBuilder().withName("trainer");
    if (exitCode == null) {
      container.withNewState().withNewRunning().endRunning().endState();
    } else {
      container
          .withNewState()
          .withNewTerminated()
          .withExitCode(exitCode)
          .withMessage(message)
          .endTerminated()
          .endState();
    }
    return new PodBuilder()
        .withNewMetadata()
        .withName("mine-1a2b3c-1-x")
        .addToLabels("fusion.training/training", "mine")
        .endMetadata()
        .withNewStatus()
        .withContainerStatuses(List.of(container.build()))
        .endStatus()
        .build();
  }
}
