package training.fusion.trainer.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is done with data sets that come with the trainer. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    subcommands = DataCopyCommand.class,
    description = "Data sets that come with the trainer.")
final class DataCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "a command is missing: copy");
  }
}
