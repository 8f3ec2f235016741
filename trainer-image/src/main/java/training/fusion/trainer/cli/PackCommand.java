package training.fusion.trainer.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.artifact.PackedRun;

/**
 * How {@code kubectl fusion fetch} gets a run off a volume: in a pod of the trainer's own image,
 * which has neither shell nor tar. One process holds the pod, another packs.
 */
@Command(
    name = "pack",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Writes a run's files to standard output, as a tar that ends with their sha256.")
final class PackCommand implements Runnable {
  @Parameters(index = "0", arity = "0..1", paramLabel = "FOLDER", description = "The run's.")
  private @Nullable Path folder;

  @Parameters(index = "1..*", paramLabel = "FILE", description = "Only these of it.")
  private List<String> files = List.of();

  @Option(names = "--all", description = "Checkpoints, too.")
  private boolean all;

  @Option(names = "--hold", description = "Pack nothing; stay until the process is ended.")
  private boolean hold;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (hold) {
      stay();
    } else if (folder == null) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), "a folder is missing");
    } else {
      pack(folder);
    }
  }

  private void pack(Path run) {
    PackedRun packed = PackedRun.of(run, files, all);
    try (var out = new FileOutputStream(FileDescriptor.out)) {
      packed.writeTo(out);
    } catch (IOException e) {
      throw TrainingFailure.temporaryIo("the run can't be packed: " + InWords.of(e), e);
    }
  }

  private static void stay() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
