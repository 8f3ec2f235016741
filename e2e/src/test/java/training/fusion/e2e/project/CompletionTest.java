package training.fusion.e2e.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.local.Main;
import training.fusion.trainer.cli.FusionTrainer;
import training.fusion.trainer.process.StopSignal;

/**
 * The shells' completion is picocli's, of the commands of launcher and trainer and those of the
 * script. After a change of any: {@code mvn test -pl e2e -am -Dtest=CompletionTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dcompletion.write=true}.
 */
@Tag("libtorch") // makes the trainer's commands, though it runs none
@DisplayName("The completion of commands")
class CompletionTest {
  private static final Path ROOT = ControlPlane.MODULE.resolve("..").normalize();
  private static final Path FILE = ROOT.resolve("completion/fusion.bash");

  @Test
  @DisplayName("is what picocli makes of them now")
  void current() throws IOException {
    String text = AutoComplete.bash("fusion", commands());
    if (Boolean.getBoolean("completion.write")) {
      Files.writeString(FILE, text);
    }
    assertThat(FILE)
        .as("%s is stale; this class's comment says how it is made", FILE)
        .content()
        .isEqualTo(text);
  }

  @Test
  @DisplayName("knows each command that the script knows")
  void all() throws IOException {
    List<String> named =
        Files.readAllLines(ROOT.resolve("fusion")).stream()
            .filter(line -> line.startsWith("  ./fusion "))
            .map(line -> line.substring("  ./fusion ".length()).split("[ .]+", -1)[0])
            .filter(word -> word.matches("[a-z-]+") && !word.startsWith("-"))
            .distinct()
            .toList();
    assertThat(named).hasSizeGreaterThan(10);
    assertThat(commands().getSubcommands().keySet()).containsAll(named);
  }

  private static CommandLine commands() {
    var commands = new CommandLine(CommandSpec.create().name("fusion"));
    Main.commandLine().getSubcommands().forEach(commands::addSubcommand);
    FusionTrainer.commandLine(new StopSignal()).getSubcommands().forEach(commands::addSubcommand);
    commands.addSubcommand("clean", CommandSpec.create());
    commands.addSubcommand("test", words("NAME"));
    commands.addSubcommand("help", words("COMMAND"));
    commands.addSubcommand(
        "completion",
        CommandSpec.create()
            .addPositional(
                PositionalParamSpec.builder()
                    .type(String.class)
                    .completionCandidates(List.of("bash", "zsh"))
                    .build()));
    commands
        .getCommandSpec()
        .addOption(OptionSpec.builder("--version", "-V").versionHelp(true).build())
        .addOption(OptionSpec.builder("--help", "-h").usageHelp(true).build());
    return commands;
  }

  private static CommandSpec words(String label) {
    return CommandSpec.create()
        .addPositional(
            PositionalParamSpec.builder()
                .type(String[].class)
                .arity("0..*")
                .paramLabel(label)
                .build());
  }
}
