package training.fusion.trainer.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import training.fusion.api.validation.FieldAssignment;
import training.fusion.api.validation.UnusableAssignment;
import training.fusion.trainer.TrainingFailure;

/** Fields that are to be other than the file says. */
final class SetOption {
  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Set a field to another value than the file does, such as training.epochs=5; null removes"
              + " it.")
  private List<String> settings = new ArrayList<>();

  /**
   * In their order.
   *
   * @throws TrainingFailure if one is not of the form
   */
  List<FieldAssignment> assignments() {
    try {
      return settings.stream().map(FieldAssignment::parse).toList();
    } catch (UnusableAssignment e) {
      throw TrainingFailure.badConfiguration(String.valueOf(e.getMessage()));
    }
  }
}
