package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.LibtorchBuild;
import training.fusion.trainer.report.Software;

/** Loads libtorch and says what it is: the first thing to ask of an image on a new node. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Loads libtorch, and says what this trainer computes with.")
final class VersionCommand implements Runnable {
  /** Of what libtorch says of its build, the lines that begin so. */
  private static final List<String> TOLD = List.of("CUDA Runtime", "CuDNN", "CPU capability");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Libtorch.start(0, 1);
    Software software = Software.ofThisProcess();
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.printf("trainer   %s%n", software.trainer());
    out.printf("DJL       %s%n", software.djl());
    out.printf("libtorch  %s%n", software.libtorch());
    LibtorchBuild.facts().stream()
        .filter(fact -> TOLD.stream().anyMatch(fact::startsWith))
        .forEach(fact -> out.printf("          %s%n", fact));
    out.printf("GPUs      %d%n", Libtorch.gpus());
    out.printf("Java      %s on %s%n", software.java(), software.system());
    out.flush();
  }
}
