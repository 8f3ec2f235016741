package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("process") // though it starts none: it speaks of what one says
@DisplayName("The GPUs of this machine")
class MachineGpusTest {
  @Test
  @DisplayName("are as many as the trainer's version says")
  void counted() {
    assertThat(
            MachineGpus.count("trainer   1\nlibtorch  2.3.1 for CUDA 12.1\nGPUs      2\nJava 17\n"))
        .isEqualTo(2);
    assertThat(MachineGpus.count("libtorch could not be loaded")).isZero();
  }

  @Test
  @DisplayName("are none without libtorch for CUDA, and nothing is started to ask")
  void none() {
    assertThat(new MachineGpus(new Installation(Repository.root())).count()).isZero();
  }
}
