package training.fusion.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;

class DurableTest {
  private static final Path LOCK = Path.of("/fusion/checkpoints/lock");

  @Test
  void aVolumeThatMayNotBeWrittenIsToldWithTheGroupThatItNeeds() {
    TrainingFailure failure = Durable.failure(LOCK, new AccessDeniedException(LOCK.toString()));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY_IO);
    assertThat(failure)
        .hasMessageStartingWith(LOCK + " may not be written")
        .hasMessageContaining("pod.securityContext.fsGroup (65532)");
  }

  @Test
  void aFullVolumeIsToldWithWhatMakesRoom() {
    assertThat(Durable.failure(LOCK, new IOException("No space left on device")))
        .hasMessageContaining("checkpoint.keep");
  }
}
