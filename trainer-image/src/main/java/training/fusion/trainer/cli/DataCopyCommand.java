package training.fusion.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.source.PackagedData;

/** Puts a data set where trainings find it: on a volume, by a Job. */
@Command(
    name = "copy",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Copies a data set that comes with the trainer into a folder, and checks each file's sha256.",
      "Files that are there already stay as they are."
    })
final class DataCopyCommand implements Runnable {
  @Parameters(index = "0", paramLabel = "NAME", description = "Such as fashion-mnist.")
  private @Nullable String name;

  @Parameters(index = "1", paramLabel = "FOLDER", description = "Made if it is not there.")
  private @Nullable Path folder;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    String asked = Objects.requireNonNull(name);
    Path target = Objects.requireNonNull(folder);
    List<String> known = known();
    if (!known.contains(asked)) {
      throw TrainingFailure.badConfiguration(
          "no data set %s comes with the trainer; it has %s"
              .formatted(asked, known.isEmpty() ? "none" : String.join(", ", known)));
    }
    int copied = new PackagedData(Folders.packagedData().resolve(asked)).copyTo(target);
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(
        copied == 0
            ? "%s is in %s already".formatted(asked, target)
            : "%s: %d files copied to %s".formatted(asked, copied, target));
    out.flush();
  }

  private static List<String> known() {
    Path all = Folders.packagedData();
    try (Stream<Path> folders = Files.list(all)) {
      return folders
          .filter(folder -> Files.isRegularFile(folder.resolve(PackagedData.SUMS)))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw TrainingFailure.badConfiguration(
          "%s, the folder of the data sets, cannot be read: %s".formatted(all, InWords.of(e)));
    }
  }
}
