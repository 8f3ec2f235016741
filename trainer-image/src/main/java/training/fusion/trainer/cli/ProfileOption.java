package training.fusion.trainer.cli;

import picocli.CommandLine.Option;

/** {@code --profile}, of the commands that train. */
final class ProfileOption {
  @Option(
      names = "--profile",
      description = {
        "Tell where a step's time goes (input wait, forward, backward, optimizer, host), after each epoch and in OUTPUT/profile.json.",
        "On a GPU the device is then waited for between these parts, so the steps are slower."
      })
  private boolean wanted;

  /** Whether it was given. */
  boolean wanted() {
    return wanted;
  }
}
