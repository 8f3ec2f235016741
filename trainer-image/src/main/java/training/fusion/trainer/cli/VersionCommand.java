package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import training.fusion.trainer.model.GpuFindings;
import training.fusion.trainer.model.GpuSearch;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.LibtorchBuild;
import training.fusion.trainer.report.Software;

/** Loads libtorch and says what it is: the first thing to ask of an image on a new node. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Loads libtorch, and says what this trainer computes with.")
final class VersionCommand implements Runnable {
  @Option(
      names = "--gpu",
      description =
          "Say what is found of NVIDIA GPUs, too: driver, devices, what libtorch's kernels were built for, and why there are none.")
  private boolean gpu;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Libtorch.start(0, 1);
    Software software = Software.ofThisProcess();
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.printf("trainer   %s%n", software.trainer());
    out.printf("DJL       %s%n", software.djl());
    out.printf(
        "libtorch  %s for %s%n",
        software.libtorch(),
        LibtorchBuild.setting("CUDA_VERSION").map(cuda -> "CUDA " + cuda).orElse("the CPU"));
    LibtorchBuild.setting("CUDNN_VERSION").ifPresent(it -> out.printf("cuDNN     %s%n", it));
    out.printf("GPUs      %d%n", Libtorch.gpus());
    if (gpu) {
      tell(GpuSearch.here(), out);
    }
    out.printf("Java      %s on %s%n", software.java(), software.system());
    out.flush();
  }

  private static void tell(GpuFindings found, PrintWriter out) {
    out.printf("driver    %s%n", found.driver() == null ? "none" : found.driver());
    found.devices().forEach(device -> out.printf("GPU %-6d%s%n", device.index(), device));
    if (!found.architectures().isEmpty()) {
      out.printf("kernels   for compute capability %s%n", found.capabilities());
    }
    found.whyNone().ifPresent(why -> out.printf("none, as  %s%n", why));
    found.unsupported().forEach(problem -> out.printf("beware    %s%n", problem));
  }
}
