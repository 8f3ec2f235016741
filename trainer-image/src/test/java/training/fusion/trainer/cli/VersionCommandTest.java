package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.process.StopSignal;

@Tag("libtorch")
@DisplayName("What the trainer computes with")
class VersionCommandTest {
  private static String said(String... words) {
    var out = new StringWriter();
    CommandLine command = FusionTrainer.commandLine(new StopSignal());
    assertThat(command.setOut(new PrintWriter(out)).execute(words)).isZero();
    return out.toString();
  }

  @Test
  @DisplayName("is told without a word of GPUs but their count, unless that is asked")
  void plain() {
    assumeFalse(Libtorch.isForCuda(), "libtorch here is for CUDA, and may count some");
    assertThat(said("version")).containsPattern("(?m)^GPUs      0$").doesNotContain("driver");
  }

  @Test
  @DisplayName("is told with the reason why no GPU is counted")
  void whyNone() {
    assumeFalse(Libtorch.isForCuda(), "libtorch here is for CUDA, and may count some");
    assertThat(said("version", "--gpu"))
        .containsPattern("(?m)^GPUs      0$")
        .containsPattern("(?m)^driver    (none|\\d+\\.\\d+.*)$")
        .containsPattern("(?m)^none, as  this libtorch is the one for the CPU; ");
  }
}
