package training.fusion.trainer.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import training.fusion.api.Training.Precision;

class ArithmeticTest {
  @Test
  void tf32OnACpuIsRefused() {
    assertThatThrownBy(() -> Arithmetic.check(Precision.TF32, false, 0))
        .hasMessageContaining("training.precision: TF32 exists on a GPU only")
        .hasMessageContaining("set pod.gpu.count to 1");
  }

  @Test
  void reducedPrecisionOnAnOldGpuIsRefusedWithItsCapability() {
    assertThatThrownBy(() -> Arithmetic.check(Precision.BF16, true, 75))
        .hasMessageContaining("BF16 needs a GPU of compute capability 8.0")
        .hasMessageContaining("has 7.5");
    assertThatThrownBy(() -> Arithmetic.check(Precision.TF32, true, 70)).isNotNull();
  }

  @Test
  void whatADeviceHasIsAccepted() {
    assertThatCode(
            () -> {
              Arithmetic.check(Precision.FP32, true, 70);
              Arithmetic.check(Precision.BF16, true, 80);
              Arithmetic.check(Precision.TF32, true, 90);
              Arithmetic.check(Precision.FP32, false, 0);
              Arithmetic.check(Precision.BF16, false, 0);
            })
        .doesNotThrowAnyException();
  }
}
