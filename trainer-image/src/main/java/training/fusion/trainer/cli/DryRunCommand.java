package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.Dataset;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.Pretrained;
import training.fusion.api.Training;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.FieldText;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.augmentation.AugmentationText;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.data.Glances;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.KnownParts;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.MemoryEstimate;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.optim.LearningRate;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.report.ClassWeightsText;
import training.fusion.trainer.run.Inputs;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.train.Arithmetic;
import training.fusion.trainer.train.DiskNeed;
import training.fusion.trainer.train.Settings;
import training.fusion.trainer.weights.Convention;
import training.fusion.trainer.weights.PretrainedWeights;

/** Says what would be trained, or what is wrong, without training. */
@Command(
    name = "dry-run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Checks a FusionTraining and its data, and says what would be trained.",
      "Of a FusionSweep it says how many trainings it has, and what they need on disk."
    })
final class DryRunCommand implements Runnable {
  @Parameters(paramLabel = "FILE", description = "YAML with a FusionTraining or a FusionSweep.")
  private @Nullable Path file;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description =
          "The data set's files (default: examples/data/CLAIM, or fetched from https or s3).")
  private @Nullable Path data;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "Pretrained weights, for a training with model.pretrained: .pth or safetensors; or the network's file, for one with model.module.")
  private @Nullable Path weights;

  @Option(
      names = "--decode",
      description = "Decode every picture too, and name all that are damaged.")
  private boolean decode;

  @Mixin private final SetOption set = new SetOption();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Path path = Objects.requireNonNull(file);
    Optional<SweepFile> sweep = SweepFile.read(path, set.assignments());
    if (sweep.isPresent()) {
      SweepDryRun.print(sweep.get(), out);
      return;
    }
    RunConfiguration run = TrainingFile.read(path, set.assignments()).toRun();
    Settings settings = Settings.of(run);
    Inputs inputs = Inputs.ofCommandLine(Folders.data(data, run), weights);
    ImageData images =
        inputs.prepared(
            ImageData.of(
                inputs.files(inputs.data(run), settings, FolderReading.CURRENT),
                run.dataset(),
                KnownParts.NONE,
                Division.CURRENT),
            settings,
            null);
    PretrainedWeights pretrained = pretrained(inputs, run, images);
    NetworkKind kind = inputs.network(run, images);
    BatchPlan plan = settings.plan(kind, images);
    boolean decodedBefore = run.dataset().onError() == Dataset.OnError.SKIP;
    Glances glances = decode && !decodedBefore ? Glances.decoding(images) : Glances.of(images);
    glances.check();
    print(run, settings, kind, images, glances, pretrained, plan, out);
  }

  /**
   * Opened weights that fit; null: none are asked for, or they are on a volume that is not here.
   */
  private static @Nullable PretrainedWeights pretrained(
      Inputs inputs, RunConfiguration run, ImageData images) {
    Pretrained asked = run.model().pretrained();
    Path file = asked == null ? null : inputs.weights(run);
    if (asked == null || file == null) {
      return null;
    }
    PretrainedWeights opened =
        PretrainedWeights.open(
                file,
                Objects.requireNonNull(run.model().architecture()),
                asked,
                run.dataset().normalization())
            .matchedWith(images.classNames());
    opened.checkHead(images.classes());
    opened.checkValues();
    return opened;
  }

  private void print(
      RunConfiguration run,
      Settings settings,
      NetworkKind kind,
      ImageData images,
      Glances glances,
      @Nullable PretrainedWeights pretrained,
      BatchPlan plan,
      PrintWriter out) {
    List<ParameterGroup> groups;
    ArchitectureTable table;
    try {
      table = ArchitectureTable.of(kind, images.classes(), settings.imageSize());
      groups = ParameterGroup.of(run.optimization(), table);
      LearningRate.check(groups, settings.schedule());
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration("spec." + e.getMessage());
    }
    out.printf("%s is valid%n%n", run.name());
    DatasetDigest digest = DatasetDigest.of(images);
    int inFiles = images.filesImages();
    out.printf(
        "data       %d %s%s, %d classes%n",
        digest.images(),
        SampleText.of(images.train().source()),
        inFiles == digest.images() ? "" : ", of %d in the files".formatted(inFiles),
        images.classes());
    out.printf("classes    %s%n", digest.countedClasses());
    out.printf(
        "parts      %d to train on, %s, %d to test on%s%n",
        images.train().count(),
        images.validatesOnTest()
            ? "none to validate on (each epoch is evaluated on test)"
            : images.validation().count() + " to validate on",
        images.test().count(),
        images.leftOut() == 0 ? "" : "; %d left out as damaged".formatted(images.leftOut()));
    int samples = images.nonEmpty().stream().mapToInt(Part::count).sum();
    if (glances.looked() < samples && !decode) {
      out.printf(
          "looked at  the beginnings of %d pictures of %d; --decode reads all%n",
          glances.looked(), samples);
    }
    images.remarks().forEach(remark -> out.printf("           %s%n", remark));
    glances
        .caveats()
        .forEach(
            (caveat, names) ->
                out.printf(
                    "note       %d picture(s), one of them %s, have %s%n",
                    names.size(), names.get(0), caveat.words()));
    if (decode) {
      out.printf(
          "decoded    all of them: %s%n",
          images.leftOut() == 0 ? "none is damaged" : "none is damaged but those left out");
    }
    boolean own = kind.architecture() == null;
    boolean pictures = images.train().source() instanceof LabelledImages;
    out.printf(
        "network    %s%s%s%n",
        kind,
        pictures ? " at %d px".formatted(settings.imageSize()) : "",
        own
            ? ""
            : ", dropout %s, stochastic depth %s"
                .formatted(settings.dropout(), settings.stochasticDepth()));
    NetworkSettings network =
        settings.network(
            kind,
            images,
            pretrained != null ? pretrained.convention() : Convention.drawn(run.model()));
    if (run.model().pretrained() != null) {
      out.printf(
          "weights    %s%n",
          pretrained != null
              ? pretrained.describe()
              : "not looked at: they are on a volume; --weights FILE names them here");
    }
    Arithmetic.warning(settings, run.gpuCount())
        .ifPresent(warning -> out.printf("warning    %s%n", warning));
    settings.unseenPixels().ifPresent(warning -> out.printf("warning    %s%n", warning));
    out.printf(
        "optimizer  %s%n",
        OptimizationSummary.words(run.optimization(), run.model().architecture(), run.training()));
    for (ParameterGroup group : groups) {
      out.printf(
          "           %s: %s%n",
          group.name(),
          String.format(Locale.ROOT, "%,d parameters", group.parameters())
              + ", "
              + ResolvedText.rule(run.optimization(), group));
    }
    Training training = run.training();
    out.printf(
        "augmented  %s%n", AugmentationText.of(training.augmentation(), training.transforms()));
    out.printf("schedule   %s%n", ResolvedText.schedule(settings.schedule()));
    printChoices(training, network, images.classNames(), out);
    out.printf(
        "length     %d epochs of %d steps, %d images each%s%n",
        settings.epochs(),
        plan.batches(),
        settings.batchSize(),
        plan.leftOut() == 0 ? "" : "; %d image(s) of each left out".formatted(plan.leftOut()));
    if (!own) {
      printMemory(settings, network, out);
    }
    out.printf("disk       %s%n", DiskNeed.of(settings, table, groups).words());
    String cache = images.cacheWords(settings.cutsTrainingPictures());
    if (cache != null) {
      out.printf("           %s%n", cache);
    }
    out.flush();
  }

  /** Nobody has measured what passes of somebody's own network take. */
  private static void printMemory(Settings settings, NetworkSettings network, PrintWriter out) {
    MemoryEstimate memory = settings.memory(network);
    int pass = settings.microBatchSize() == 0 ? settings.batchSize() : settings.microBatchSize();
    out.printf(
        Locale.ROOT,
        "memory     about %.1f GiB for passes of %d images; %.1f GiB of it whatever their size%n",
        gibibytes(memory.bytes(Math.min(pass, settings.batchSize()))),
        Math.min(pass, settings.batchSize()),
        gibibytes(memory.fixed()));
  }

  /** What only some trainings have. */
  private static void printChoices(
      Training training, NetworkSettings network, List<String> classes, PrintWriter out) {
    List<Double> weights = network.classWeights();
    if (weights != null) {
      out.printf(
          "weights    of the classes in the training loss: %s%n",
          ClassWeightsText.of(weights, classes));
    }
    if (training.selectMetric() != null) {
      out.printf("selects    the best by %s%n", FieldText.word(training.selectMetric()));
    }
    if (training.sharpnessAware() != null) {
      out.printf(
          "sharpness  aware: %s, two passes a step%n",
          ResolvedText.part(training.sharpnessAware()));
    }
    if (training.ema() != null) {
      out.printf("ema        %s%n", ResolvedText.part(training.ema()));
    }
    if (training.earlyStopping() != null) {
      out.printf("stops      early: %s%n", ResolvedText.part(training.earlyStopping()));
    }
  }

  private static double gibibytes(long bytes) {
    return bytes / (double) (1L << 30);
  }
}
