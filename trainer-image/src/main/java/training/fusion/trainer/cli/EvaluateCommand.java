package training.fusion.trainer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.Dataset;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.FieldText;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.KnownParts;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.data.PictureList;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.run.Inputs;
import training.fusion.trainer.run.PictureListFile;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.LabelledSamples;
import training.fusion.trainer.train.Inference;
import training.fusion.trainer.train.NetworkInput;
import training.fusion.trainer.train.Settings;
import training.fusion.trainer.train.TrainedModel;

/** Evaluates a trained model on images that are labelled. */
@Command(
    name = "evaluate",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = "Evaluates a trained model on a part of a data set.")
final class EvaluateCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(EvaluateCommand.class);

  /** Parts of a data set. */
  enum Split {
    train,
    validation,
    test
  }

  @Parameters(
      paramLabel = "RUN_OR_MODEL",
      description =
          "A run, by its name, its key or its folder, or a model.safetensors that a run has left.")
  private @Nullable Path runOrModel;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "The data set's files (default: where the run found them).")
  private @Nullable Path data;

  @Option(
      names = "--file",
      paramLabel = "YAML",
      description =
          "A FusionTraining whose dataset says how to read and divide them (default: the run's"
              + " own).")
  private @Nullable Path file;

  @Option(
      names = "--split",
      defaultValue = "test",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Split split = Split.test;

  @Option(
      names = "--all",
      description = {
        "All images of the data set's folder, those of train, val and test folders too: none are"
            + " drawn,",
        "and no dataset.limit counts. For images that the run has never seen: --all --data FOLDER."
      })
  private boolean all;

  @Mixin private final GpuOption gpu = new GpuOption();

  @Option(
      names = {"-o", "--format"},
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Format format = Format.text;

  @Spec private @Nullable CommandSpec spec;

  private final StopSignal stop;

  EvaluateCommand(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    TrainedModel model = TrainedModel.find(NamedRuns.folder(Objects.requireNonNull(runOrModel)));
    Path folder = Objects.requireNonNull(model.file().toAbsolutePath().getParent());
    RunConfiguration run = configuration(folder);
    Inputs inputs = Inputs.ofCommandLine(folder(run, folder));
    Settings settings = Settings.of(run);
    PictureList list = PictureListFile.read(folder);
    ImageData images = inputs.prepared(read(inputs, settings, model, list), settings, null);
    images.filesRemarks().forEach(LOG::warn);
    List<String> classes = model.classes();
    List<Part> parts = all ? images.nonEmpty() : List.of(part(images));
    tellWhich(images, parts);
    if (list != null && split != Split.train) {
      parts.forEach(part -> tellTrainedOn(part, list));
    } else if (list == null && !DatasetDigest.of(images).equals(model.dataset())) {
      LOG.warn(
          "whether the model was trained on some of these pictures can't be told: they are not its"
              + " own data set as it was, and {} is not beside the model",
          PictureListFile.FILE);
    }
    String name = all ? "all" : split.name();
    LabelledSamples source = parts.get(0).source();
    if (source instanceof LabelledImages == model.takesTensors()) {
      throw TrainingFailure.badConfiguration(
          "%s was trained on %s, and dataset.format is %s"
              .formatted(
                  model.file(),
                  model.takesTensors() ? "tensors" : "pictures",
                  FieldText.word(run.dataset().format())));
    }
    NetworkInput input = NetworkInput.of(source, model.kind(), model.preprocessing().imageSize());
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    try (Inference inference = Inference.of(model, input, gpu.count(run.gpuCount()))) {
      DetailedMetrics metrics =
          inference.evaluate(
              parts,
              split == Split.validation ? Metrics.Split.VALIDATION : Metrics.Split.TEST,
              settings.batchSize(),
              stop);
      if (format == Format.json) {
        EvaluationText.printJson(out, name, classes, metrics);
      } else {
        EvaluationText.print(out, name, classes, metrics);
      }
      out.flush();
    }
    return 0;
  }

  /**
   * The data set in its parts, with the model's classes. Pictures that the model's run knows stay
   * in its parts, unless a file says how to divide.
   */
  private ImageData read(
      Inputs inputs, Settings settings, TrainedModel model, @Nullable PictureList list) {
    RunConfiguration run = settings.run();
    Path runFolder = Objects.requireNonNull(model.file().toAbsolutePath().getParent());
    FolderReading reading = reading(runFolder);
    ImageFiles files =
        all
            ? ImageFiles.readWhole(inputs.data(run), run.dataset(), settings.framing(), reading)
            : inputs.files(inputs.data(run), settings, reading);
    KnownParts known = list == null || file != null ? KnownParts.NONE : list.parts();
    ImageData read =
        all ? ImageData.whole(files) : divided(files, run.dataset(), known, model, runFolder);
    ImageData named = read.named(model.classes());
    if (named == null) {
      throw TrainingFailure.badData(
          "the model's classes are not those of %s (%s); they are matched by name, letter by letter"
              .formatted(
                  files.folder(), ClassNames.difference(model.classes(), read.classNames())));
    }
    return named;
  }

  /** By the run's own rules; if they are not noted here, by those that give its parts. */
  private ImageData divided(
      ImageFiles files, Dataset dataset, KnownParts known, TrainedModel model, Path runFolder) {
    Optional<Division> noted =
        file != null
            ? Optional.empty()
            : RunDescription.read(runFolder).map(RunDescription::dividedBy);
    if (noted.isPresent()) {
      return ImageData.of(files, dataset, known, noted.get());
    }
    if (model.dataset() == null) {
      return ImageData.of(files, dataset, known, Division.BEFORE_IT_WAS_NOTED);
    }
    for (Division division : Division.values()) {
      ImageData read = ImageData.of(files, dataset, known, division);
      if (DatasetDigest.of(read).equals(model.dataset())) {
        return read;
      }
    }
    return ImageData.of(files, dataset, known, Division.CURRENT);
  }

  private static void tellTrainedOn(Part part, PictureList list) {
    int trainedOn = part.countOf(list.parts().train());
    if (trainedOn > 0) {
      LOG.warn(
          "{} of the {} pictures have names that the run was trained on: if they are the same, its"
              + " figures here are too good",
          trainedOn,
          part.count());
    }
  }

  /** Whoever names a folder may take it for the test set as a whole. */
  private void tellWhich(ImageData images, List<Part> parts) {
    int evaluated = parts.stream().mapToInt(Part::count).sum();
    int known = images.nonEmpty().stream().mapToInt(Part::count).sum();
    if (data != null && evaluated < known) {
      Objects.requireNonNull(spec)
          .commandLine()
          .getErr()
          .printf(
              "%d of the %d images are evaluated, the part %s as the run divides them; --all takes"
                  + " all of %s%n",
              evaluated, known, split, data);
    }
  }

  private RunConfiguration configuration(Path folder) {
    if (file != null) {
      return TrainingFile.read(file).toRun();
    }
    if (!Files.exists(folder.resolve(ConfigurationFile.FILE))) {
      throw TrainingFailure.badConfiguration(
          "there is no %s beside %s; give --file YAML, whose dataset says how to read the images"
              .formatted(ConfigurationFile.FILE, runOrModel));
    }
    return ConfigurationFile.read(folder);
  }

  /** The run's own, so that its parts are what they were; another file's data are read anew. */
  private FolderReading reading(Path runFolder) {
    return file != null
        ? FolderReading.CURRENT
        : RunDescription.read(runFolder)
            .map(RunDescription::begunWith)
            .orElse(FolderReading.CURRENT);
  }

  private @Nullable Path folder(RunConfiguration run, Path runFolder) {
    return file == null ? Folders.data(data, run, runFolder) : Folders.data(data, run);
  }

  private Part part(ImageData images) {
    return switch (split) {
      case train -> images.train();
      case validation -> {
        if (images.validatesOnTest()) {
          throw TrainingFailure.badConfiguration(
              "--split validation: dataset.split.validation is 0, so there are no such images; "
                  .concat("test was evaluated in their place"));
        }
        yield images.validation();
      }
      case test -> images.test();
    };
  }

  /** How a command's answer is printed. */
  enum Format {
    text,
    json;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
