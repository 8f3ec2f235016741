package training.fusion.trainer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.ClaimPath;
import training.fusion.api.run.RunConfiguration;
import training.fusion.console.NewestRun;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.module.DescribedModule;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.source.Sources;

/** Where a command finds and leaves files that no option names, as {@code ./fusion run} does. */
final class Folders {
  private Folders() {}

  /**
   * The data set's folder; null: it is fetched.
   *
   * @param asked what {@code --data} says
   * @throws TrainingFailure if it must be said
   */
  static @Nullable Path data(@Nullable Path asked, RunConfiguration run) {
    if (asked != null || Sources.isFetched(run.dataset().source())) {
      return asked;
    }
    ClaimPath claim = run.dataset().source().persistentVolumeClaim();
    if (claim == null) {
      throw TrainingFailure.badConfiguration(
          "the data set is on no volume claim that would name a folder here; give --data FOLDER");
    }
    Path folder = packagedData().resolve(claim.claimName());
    return claim.path() == null ? folder : folder.resolve(claim.path());
  }

  /** The data set's folder of a run that began before: where it was then, if it is still there. */
  static @Nullable Path data(@Nullable Path asked, RunConfiguration run, Path runFolder) {
    Optional<Path> before =
        RunDescription.read(runFolder).map(d -> Path.of(d.data())).filter(Files::isDirectory);
    return asked == null && before.isPresent() ? before.get() : data(asked, run);
  }

  /**
   * The file of somebody's own network of a run that began before: where it was then, if it is
   * still there; null: fetched, or the network is known by name.
   *
   * @param asked what {@code --weights} says
   */
  static @Nullable Path weights(@Nullable Path asked, Path runFolder) {
    return asked != null
        ? asked
        : RunDescription.read(runFolder)
            .map(RunDescription::module)
            .map(DescribedModule::file)
            .map(Path::of)
            .filter(Files::isRegularFile)
            .orElse(null);
  }

  /**
   * The run's folder: what {@code --output} says, or one in {@link #names} that is its alone, for
   * each configuration is another run. Trainers of before kept a run in {@code output/NAME} itself.
   */
  static Path output(@Nullable Path asked, RunConfiguration run) {
    if (asked != null) {
      return asked;
    }
    Path before = names().resolve(run.shortName());
    boolean there =
        !Files.isSymbolicLink(before)
            && Files.exists(before.resolve(ConfigurationFile.FILE))
            && ConfigurationFile.read(before).runKey().equals(run.runKey());
    return there
        ? before
        : names().resolve(NewestRun.RUNS).resolve(run.shortName() + "-" + run.runKey());
  }

  /** Where names lead to runs, and runs lie. */
  static Path names() {
    return root().resolve("output");
  }

  /** Where the data sets are that come with the trainer, in the repository and in the image. */
  static Path packagedData() {
    return root().resolve("examples/data");
  }

  private static Path root() {
    return Path.of(System.getProperty("fusion.root", "."));
  }
}
