package training.fusion.trainer.train;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.util.Optional;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.LibtorchContext;
import training.fusion.trainer.model.Processor;

/** Brings a device to the precision and determinism that a run asks for. */
public final class Arithmetic {
  private static final int AMPERE = 80; // compute capability 8.0, the first with bf16 units

  private Arithmetic() {}

  /**
   * Sets libtorch's switches.
   *
   * @throws TrainingFailure if the device does not have this precision
   */
  public static void set(Device device, Settings settings) {
    int capability =
        device.isGpu() ? Integer.parseInt(CudaUtils.getComputeCapability(device.getDeviceId())) : 0;
    check(settings.precision(), device.isGpu(), capability);
    LibtorchContext context = LibtorchContext.get();
    context.setPrecision(settings.precision());
    context.setDeterministic(
        settings.deterministic() == null ? !device.isGpu() : settings.deterministic());
  }

  /**
   * What is to be known of a precision on this machine's processor before one waits for it.
   *
   * @param gpus how many GPUs compute; 0: the processor does
   */
  public static Optional<String> warning(Settings settings, int gpus) {
    Processor processor = Processor.ofThisMachine();
    return gpus == 0
            && settings.precision() == Precision.BF16
            && processor.emulatesBf16(System.getenv())
        ? Optional.of(
            "training.precision: BF16 is computed in software here (%s: no AVX-512 BF16, no AMX, or kept from them), several to many times slower than FP32; choose FP32"
                .formatted(processor.model()))
        : Optional.empty();
  }

  /**
   * Refuses what a device does not have.
   *
   * @param capability ten times the major number and the minor one, as 86
   */
  static void check(Precision precision, boolean gpu, int capability) {
    if (precision == Precision.TF32 && !gpu) {
      throw TrainingFailure.badConfiguration(
          "spec.training.precision: TF32 exists on a GPU only; choose FP32 or BF16, or set pod.gpu.count to 1");
    }
    if (precision != Precision.FP32 && gpu && capability < AMPERE) {
      throw TrainingFailure.badConfiguration(
          "spec.training.precision: %s needs a GPU of compute capability 8.0 (Ampere) or later, but this one has %d.%d; choose FP32, or another GPU by pod.nodeSelector"
              .formatted(precision, capability / 10, capability % 10));
    }
  }
}
