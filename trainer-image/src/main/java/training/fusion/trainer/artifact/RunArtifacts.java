package training.fusion.trainer.artifact;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import training.fusion.trainer.report.ModelFile;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.report.page.Report;

/**
 * What of a run's folder others have a use for. {@code configuration.json} is not among it: the
 * addresses in it may hold passwords.
 */
public final class RunArtifacts {
  private static final List<String> FIGURES =
      List.of("run.json", "history.csv", "metrics.json", Report.FILE, ResultFile.FILE);

  private static final List<String> MODELS =
      Stream.of(ModelFile.MODEL, ModelFile.AVERAGE)
          .flatMap(name -> Stream.of(name + ".safetensors", name + ".torchscript.pt"))
          .toList();

  private RunArtifacts() {}

  /** Report and figures, as far as they are there. */
  public static List<Path> figures(Path run) {
    return existing(run, FIGURES.stream());
  }

  /** All that a run has come to: the models, and then what tells of them. */
  public static List<Path> all(Path run) {
    return existing(run, Stream.concat(MODELS.stream(), FIGURES.stream()));
  }

  private static List<Path> existing(Path run, Stream<String> names) {
    return names
        .map(run::resolve)
        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }
}
