package training.fusion.trainer.train;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.AveragedWeights;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.api.run.StoppedEarly;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.augmentation.AugmentationText;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.HistoryRow;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StepLedger;
import training.fusion.trainer.checkpoint.StoredCheckpoint;
import training.fusion.trainer.data.BatchPlan;
import training.fusion.trainer.data.BatchReader;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.data.FolderReading;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.ImageFiles;
import training.fusion.trainer.data.KnownParts;
import training.fusion.trainer.data.Listing;
import training.fusion.trainer.data.PictureList;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.Processor;
import training.fusion.trainer.optim.SwatsFigures;
import training.fusion.trainer.profile.Profile;
import training.fusion.trainer.profile.StepProfile;
import training.fusion.trainer.report.ClassWeightsText;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.ProgressPoster;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.Software;
import training.fusion.trainer.tracking.Tracking;

/** A run that is loaded: data, learner and state, put together to be trained to the end. */
final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final RunConfiguration run;
  private final Settings settings;
  private final Place place;
  private final ImageData data;
  private final DatasetDigest dataset;
  private final BatchPlan plan;
  private final Learner learner;
  private final BatchReader images;
  private final Keeper keeper;
  private final Progress progress;
  private final @Nullable ProgressPoster poster;
  private final Evaluator evaluator;
  private final Tracking tracking;
  private final Trainer trainer;

  /**
   * Reads the data, makes the learner and brings it to the newest checkpoint.
   *
   * @throws TrainingFailure if data, configuration and device do not fit together
   */
  Session(
      RunConfiguration run,
      Settings settings,
      Place place,
      RunLock lock,
      StopSignal stop,
      Watchdog watchdog,
      RunOptions options)
      throws IOException {
    this.run = run;
    this.settings = settings;
    this.place = place;
    Inputs inputs = Inputs.of(place, watchdog, stop);
    Path folder = inputs.data(run);
    FolderReading reading = Beginning.reading(place);
    watchdog.moved("listing the data set");
    Listing listing = inputs.listing(FolderIndexFile.read(place.run()));
    ImageFiles files = inputs.files(folder, run, settings, reading, listing);
    FolderIndexFile.keep(place.run(), listing);
    watchdog.moved("dividing the data set");
    Division division = Beginning.division(place);
    ImageData drawn = ImageData.of(files, run.dataset(), KnownParts.NONE, division);
    DatasetDigest drawnDigest = DatasetDigest.of(drawn);
    watchdog.moved("loading libtorch");
    int threads = Runtime.getRuntime().availableProcessors();
    Device device = Libtorch.start(run.gpuCount(), threads);
    Arithmetic.set(device, settings);
    Arithmetic.warning(settings, run.gpuCount()).ifPresent(LOG::warn);
    watchdog.moved("looking for a checkpoint");
    String kernels = device.isGpu() ? null : Processor.ofThisMachine().kernels(System.getenv());
    var machine = new CheckpointStore.Machine(name(device), threads, kernels);
    var store = new CheckpointStore(place.run(), run.runKey(), machine, settings.keep());
    Origin origin = Origin.find(place, store);
    watchdog.moved("looking for what has changed in the data set");
    ImageData read =
        origin == null
            ? drawn
            : origin.data(
                files, run.dataset(), division, drawn, drawnDigest, options.acceptsChangedData());
    dataset = read.equals(drawn) ? drawnDigest : DatasetDigest.of(read);
    note(read);
    data = inputs.prepared(read, run, settings, place.run());
    plan = settings.plan(run, data);
    var beginning = Beginning.of(run, settings, place, inputs, plan, origin);
    RunState start = beginning.state();
    learner = Learner.create(run, settings, data, plan, device, beginning.convention(run));
    watchdog.moved("loading weights");
    beginning.load(learner, data.classNames(), settings);
    StoredCheckpoint checkpoint = beginning.checkpoint();
    poster = place.poster();
    progress =
        new Progress(
            settings.epochs(),
            plan,
            poster,
            watchdog,
            checkpoint == null ? null : checkpoint.toReport(),
            data.classesWithoutPictures());
    progress.begins(learner.swats());
    var ledger = new StepLedger(place.run(), place.podUid(), start.step(), InstantSource.system());
    keeper =
        new Keeper(
            place.run(),
            lock,
            store,
            ledger,
            learner,
            progress,
            data.validationSplit(),
            dataset,
            settings);
    keeper.writeHistory(start);
    if (beginning.ofOtherRun()) {
      keeper.save(start); // from now on the other run may be deleted
    }
    evaluator =
        new Evaluator(
            learner::evaluate, progress::moved, stop, settings.batchSize(), data.classes());
    images = new BatchReader(data.train(), plan, settings.pictureTransforms(), settings.erasing());
    describe(machine, folder, reading, division);
    tracking = Tracking.of(run, place.run(), start, learner.groupNames());
    trainer =
        new Trainer(
            settings,
            data,
            images,
            learner,
            evaluator,
            keeper,
            progress,
            tracking,
            stop,
            options.profiled() ? profile() : Profile.NONE,
            start,
            FurtherTraining.afterEpoch(place.run()));
    tellStart(machine, checkpoint);
  }

  /**
   * Trains to the end, chooses the model and evaluates it on test.
   *
   * @throws TrainingFailure if the run cannot go on; Terminated if the process was asked to end,
   *     and everything is saved
   */
  RunResult train() throws InterruptedException {
    try {
      trainer.train();
      return finish();
    } catch (StoppedException e) {
      SavedCheckpoint saved = keeper.saveOnce(trainer.state());
      throw new TrainingFailure(
          ExitCode.TERMINATED,
          "Terminated",
          "stopped from outside after step %d, in %s; the next attempt goes on from there"
              .formatted(saved.step(), saved.path()),
          null);
    }
  }

  /** What an end at this moment, which nothing is saved before, would keep. */
  TrainingFailure unsaved() {
    SavedCheckpoint saved = progress.checkpoint();
    return Failures.stoppedAtOnce(trainer.state().step() + 1, saved);
  }

  private RunResult finish() throws InterruptedException, StoppedException {
    FinalModels left = FinalModels.write(place.run(), data, learner, evaluator, trainer.state());
    keeper.finished();
    progress.finished(trainer.state());
    tellSwats();
    StoppedEarly early = trainer.stoppedEarly();
    if (early != null) {
      LOG.info(
          "stopped early after epoch {} of {}: nothing improved after epoch {}",
          early.epoch(),
          settings.epochs(),
          early.bestEpoch());
    }
    return result(null, left);
  }

  /** What is known now, from any thread. */
  RunResult result(RunResult.@Nullable Failure failure, @Nullable FinalModels left) {
    FinalModel model = left == null ? null : left.model();
    FinalModel average = left == null ? null : left.average();
    RunState state = trainer.state();
    List<HistoryRow> history = state.history();
    double seconds = history.stream().mapToDouble(HistoryRow::seconds).sum();
    double imagesTrained =
        history.stream().mapToDouble(row -> row.imagesPerSecond() * row.seconds()).sum();
    return new RunResult(
        RunConfiguration.CONTRACT_VERSION,
        run.runKey(),
        failure,
        state.epochs(),
        state.step(),
        state.newest(),
        chosenBy(state.best(), state.newest()),
        model == null ? null : model.test().figures(),
        progress.checkpoint(),
        model == null ? null : model.saved(),
        seconds == 0 ? null : imagesTrained / seconds,
        history.stream().map(HistoryRow::toPoint).toList(),
        learner.parameterCounts(),
        average == null
            ? null
            : new AveragedWeights(
                chosenBy(state.bestEma(), history.get(history.size() - 1).ema()),
                average.test().figures(),
                average.saved()),
        trainer.stoppedEarly(),
        progress.swatsSwitchStep(),
        run.model().pretrained() == null ? null : learner.convention().name(),
        data.leftOut() == 0 ? null : data.leftOut(),
        data.classesWithoutPictures());
  }

  private @Nullable Metrics chosenBy(RunState.@Nullable Best best, @Nullable Metrics newest) {
    return settings.selectBest() && best != null ? best.metrics() : newest;
  }

  /** Tells all who follow the run how it ended; the result's file is written. */
  void ended(RunResult result) {
    tracking.ended(result);
  }

  private Profile profile() {
    var profile = new StepProfile(place.run(), images::secondsWaited, learner.network()::await);
    learner.tell(profile);
    return profile;
  }

  /** Notes which picture is in which part, unless that is noted. */
  private void note(ImageData read) {
    boolean noted =
        RunDescription.read(place.run()).map(RunDescription::dataset).equals(Optional.of(dataset))
            && Files.exists(place.run().resolve(PictureListFile.FILE));
    if (!noted) {
      PictureListFile.write(place.run(), PictureList.of(read));
    }
  }

  /** Writes what the run's page, and its other commands, are made from. */
  private void describe(
      CheckpointStore.Machine machine, Path folder, FolderReading reading, Division division) {
    ConfigurationFile.write(place.run(), run);
    new RunDescription(
            Software.ofThisProcess(),
            machine.device(),
            machine.threads(),
            learner.summary(),
            folder.toAbsolutePath().normalize().toString(),
            data.classNames(),
            data.train().count(),
            data.validatesOnTest() ? 0 : data.validation().count(),
            data.test().count(),
            data.leftOut(),
            learner.network().settings().classWeights(),
            dataset,
            reading,
            data.remarks(),
            division)
        .write(place.run());
  }

  private void tellStart(CheckpointStore.Machine machine, @Nullable StoredCheckpoint newest) {
    LOG.info(
        "{}: {} with {} classes ({}), {}, {}",
        run.name(),
        run.model().architecture(),
        data.classes(),
        dataset.countedClasses(),
        settings.precision(),
        learner.summary());
    LOG.info(
        "{}, {} threads; {} images to train on, {} to validate on, {} to test on{}",
        machine.kernels() == null ? machine.device() : "cpu (%s)".formatted(machine.kernels()),
        machine.threads(),
        data.train().count(),
        data.validatesOnTest() ? "none" : data.validation().count(),
        data.test().count(),
        data.validatesOnTest() ? ": each epoch is evaluated on the test images" : "");
    data.remarks().forEach(LOG::warn);
    LOG.info(
        "{} epochs of {} steps with up to {} images{}{}{}",
        settings.epochs(),
        plan.batches(),
        settings.batchSize(),
        learner.microBatches(),
        plan.leftOut() == 0 ? "" : "; %d image(s) of each are left out".formatted(plan.leftOut()),
        newest == null ? "" : "; goes on from " + newest.folder());
    String augmentation =
        AugmentationText.of(run.training().augmentation(), run.training().transforms());
    LOG.info("augmentation: {}", augmentation);
    List<Double> weights = learner.network().settings().classWeights();
    if (weights != null) {
      LOG.info(
          "the training loss weighs the classes: {}",
          ClassWeightsText.of(weights, data.classNames()));
    }
    if (settings.ema() != null) {
      LOG.info(
          "a moving average of the weights is kept, with decay {}{}; the model has the trained ones",
          settings.ema().limit(),
          settings.ema().warmup() ? " after a warm-up" : "");
    }
  }

  private static String name(Device device) {
    return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
  }

  private void tellSwats() {
    SwatsFigures swats = learner.swats();
    if (swats != null) {
      LOG.info(
          swats.switchStep() == null
              ? "SWATS never switched to SGD: the last γ was {}, Λ {}; raise"
                  + " optimization.swats.relativeTolerance"
              : "SWATS: the last γ was {}, Λ {}; Adam ended with step {}",
          swats.gamma(),
          swats.lambda(),
          swats.switchStep());
    }
  }

  @Override
  public void close() {
    if (poster != null) {
      poster.close();
    }
    images.close();
    learner.close();
  }
}
