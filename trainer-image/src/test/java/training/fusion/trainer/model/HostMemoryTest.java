package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class HostMemoryTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void glibcTakesTheSwitchesAndTakesThemAgain() {
    assertThat(HostMemory.keepFreed()).isTrue();
    assertThat(HostMemory.keepFreed()).isTrue();
  }
}
