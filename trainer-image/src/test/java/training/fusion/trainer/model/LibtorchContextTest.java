package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import training.fusion.api.Training.Precision;

@Tag("libtorch")
class LibtorchContextTest {
  @Test
  void tf32IsOnForPrecisionTf32Alone() {
    Libtorch.start(0, 1);
    LibtorchContext context = LibtorchContext.get();
    context.setPrecision(Precision.TF32);
    assertThat(context.allowsTf32Convolutions()).isTrue();
    assertThat(context.allowsTf32Products()).isTrue();
    for (Precision other : new Precision[] {Precision.FP32, Precision.BF16}) {
      context.setPrecision(Precision.TF32);
      context.setPrecision(other);
      assertThat(context.allowsTf32Convolutions()).isFalse();
      assertThat(context.allowsTf32Products()).isFalse();
    }
  }

  @Test
  void determinismIsSwitchedOnAndOff() {
    Libtorch.start(0, 1);
    LibtorchContext context = LibtorchContext.get();
    context.setDeterministic(false);
    assertThat(context.isDeterministic()).isFalse();
    context.setDeterministic(true);
    assertThat(context.isDeterministic()).isTrue();
    context.setDeterministic(false);
  }
}
