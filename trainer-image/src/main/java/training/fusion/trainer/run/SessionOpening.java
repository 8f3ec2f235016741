package training.fusion.trainer.run;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.run.RunConfiguration;
import training.fusion.console.NewestRun;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.augmentation.AugmentationText;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StepLedger;
import training.fusion.trainer.checkpoint.StoredCheckpoint;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.KnownParts;
import training.fusion.trainer.data.PictureList;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.model.GpuFindings;
import training.fusion.trainer.model.GpuSearch;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.Processor;
import training.fusion.trainer.module.DescribedModule;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.process.Watchdog;
import training.fusion.trainer.profile.Profile;
import training.fusion.trainer.profile.StepProfile;
import training.fusion.trainer.report.ClassWeightsText;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.ProgressPoster;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.Software;
import training.fusion.trainer.tracking.Trackers;
import training.fusion.trainer.train.Arithmetic;
import training.fusion.trainer.train.CheckpointKeeper;
import training.fusion.trainer.train.Evaluator;
import training.fusion.trainer.train.Learner;
import training.fusion.trainer.train.ProgressReporter;
import training.fusion.trainer.train.Settings;
import training.fusion.trainer.train.TimeLeft;
import training.fusion.trainer.train.Trainer;

/** Opens a run: reads the data, makes the learner, and brings it to the newest checkpoint. */
final class SessionOpening {
  private static final Logger LOG = LoggerFactory.getLogger(SessionOpening.class);

  private final RunConfiguration run;
  private final Settings settings;
  private final RunFolders place;
  private final RunLock lock;
  private final StopSignal stop;
  private final Watchdog watchdog;
  private final RunOptions options;
  private final OpenResources opened = new OpenResources();

  /** What saves the next attempt time, where this one comes to nothing. */
  private final List<Runnable> learnt = new CopyOnWriteArrayList<>();

  /** What is written into the run's folder once nothing is refused any more. */
  private final List<Runnable> later = new ArrayList<>();

  SessionOpening(
      Settings settings,
      RunFolders place,
      RunLock lock,
      StopSignal stop,
      Watchdog watchdog,
      RunOptions options) {
    this.run = settings.run();
    this.settings = settings;
    this.place = place;
    this.lock = lock;
    this.stop = stop;
    this.watchdog = watchdog;
    this.options = options;
  }

  /** What it was opened with, to be written down and told. */
  private record Loaded(
      CheckpointStore.Machine machine,
      ImageData data,
      DatasetDigest dataset,
      BatchPlan plan,
      Learner learner) {}

  /** The first lines of a training on a GPU. */
  private static void tell(GpuFindings found) {
    String driver = found.driver() == null ? "of unknown version" : found.driver();
    LOG.info("computes on {}, driver {}", found.devices().get(0), driver);
    found.unsupported().forEach(LOG::warn);
  }

  /**
   * The run, to be trained; where it can't be, all is closed that was opened.
   *
   * @throws TrainingFailure if data, configuration and device do not fit together
   */
  Session open() throws IOException {
    try {
      return load();
    } catch (Throwable e) {
      opened.closeAfter(e);
      throw e;
    }
  }

  private Session load() throws IOException {
    Inputs inputs = Inputs.of(place, watchdog, stop);
    Path folder = inputs.data(run);
    FolderReading reading = StartingPoint.reading(place);
    watchdog.moved("listing the data set");
    Listing listing = inputs.listing(FolderIndexFile.read(place.run()));
    ImageFiles files = inputs.files(folder, settings, reading, listing);
    learnt.add(() -> FolderIndexFile.keep(place.run(), listing));
    watchdog.moved("dividing the data set");
    Division division = StartingPoint.division(place);
    ImageData drawn = ImageData.of(files, run.dataset(), KnownParts.NONE, division);
    DatasetDigest drawnDigest = DatasetDigest.of(drawn);
    watchdog.moved("loading libtorch");
    int threads = Runtime.getRuntime().availableProcessors();
    Device device = Libtorch.start(run.gpuCount(), threads);
    if (device.isGpu()) {
      tell(GpuSearch.here());
    }
    Arithmetic.set(device, settings);
    Arithmetic.warning(settings, run.gpuCount()).ifPresent(LOG::warn);
    settings.unseenPixels().ifPresent(LOG::warn);
    watchdog.moved("looking for a checkpoint");
    String kernels = device.isGpu() ? null : Processor.ofThisMachine().kernels(System.getenv());
    var machine = new CheckpointStore.Machine(name(device), threads, kernels);
    var store = new CheckpointStore(place.run(), run.runKey(), machine, settings.keep());
    later.add(lock::claim);
    later.add(store::removeUnfinished);
    Origin origin = Origin.find(place, store);
    if (origin == null && options.prolonged()) {
      throw nothingToGoOnFrom();
    }
    watchdog.moved("looking for what has changed in the data set");
    ImageData read =
        origin == null
            ? drawn
            : origin.data(
                files, run.dataset(), division, drawn, drawnDigest, options.acceptsChangedData());
    DatasetDigest dataset = read.equals(drawn) ? drawnDigest : DatasetDigest.of(read);
    later.add(() -> note(read, dataset));
    ImageData data = inputs.prepared(read, settings, place.run(), learnt::add);
    watchdog.moved("opening the network");
    NetworkKind kind = StartingPoint.same(inputs.network(run, data), place);
    BatchPlan plan = settings.plan(kind, data);
    var beginning = StartingPoint.of(settings, place, inputs, plan, origin, later::add);
    RunState start = beginning.state();
    Learner learner =
        opened.add(Learner.create(settings, kind, data, plan, device, beginning.convention(run)));
    watchdog.moved("loading weights");
    beginning.load(learner, data.classNames(), settings);
    StoredCheckpoint checkpoint = beginning.checkpoint();
    later.forEach(Runnable::run); // the first of them takes the run over
    keepLearnt();
    prolong();
    ProgressPoster poster = place.poster();
    if (poster != null) {
      opened.add(poster);
    }
    var progress =
        new ProgressReporter(
            settings.epochs(),
            plan,
            TimeLeft.of(settings, data, plan),
            poster != null ? poster : options.follower(),
            watchdog,
            checkpoint == null ? null : checkpoint.toReport(),
            data.classesWithoutPictures());
    progress.begins(learner.swats());
    var ledger = new StepLedger(place.run(), place.podUid(), start.step(), InstantSource.system());
    var keeper =
        new CheckpointKeeper(
            place.run(), lock, store, ledger, learner, progress, data, dataset, settings);
    keeper.writeHistory(start);
    if (beginning.ofOtherRun()) {
      keeper.save(start); // from now on the other run may be deleted
    }
    var evaluator =
        new Evaluator(learner::evaluate, progress, stop, settings.batchSize(), data.classes());
    BatchReader images =
        opened.add(
            new BatchReader(data.train(), plan, settings.pictureTransforms(), settings.erasing()));
    var loaded = new Loaded(machine, data, dataset, plan, learner);
    describe(loaded, folder, reading, division);
    Trackers tracking =
        Trackers.of(run, place.run(), start, learner.groupNames(), this::mayWaitForTrackers);
    var trainer =
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
            options.profiled() ? profile(learner, images) : Profile.NONE,
            start,
            FurtherTraining.afterEpoch(place.run()));
    tellStart(loaded, checkpoint);
    return new Session(
        settings,
        place.run(),
        data,
        learner,
        evaluator,
        keeper,
        progress,
        tracking,
        trainer,
        opened);
  }

  /** Who waits for a server is not stuck, and does not hold up a stop. */
  private boolean mayWaitForTrackers() {
    watchdog.moved("telling the trackers of the end");
    return !stop.isRequested();
  }

  /** Notes what was found out, which holds for every attempt. */
  void keepLearnt() {
    learnt.forEach(Runnable::run);
    learnt.clear();
  }

  private void prolong() throws IOException {
    FurtherTraining further = options.further();
    if (further != null) {
      further.write(place.run());
    }
    if (options.prolonged()) {
      // a result would say that nothing is left to train; model and metrics stay until there are
      // new ones
      Files.deleteIfExists(place.run().resolve(ResultFile.FILE));
      Durable.flushFolder(place.run());
    }
  }

  private TrainingFailure nothingToGoOnFrom() {
    return TrainingFailure.badConfiguration(
        "%s has no checkpoint to go on from: with checkpoint.keep: 0 a run that has succeeded keeps none; train anew with another number of epochs"
            .formatted(place.run()));
  }

  private Profile profile(Learner learner, BatchReader images) {
    var profile = new StepProfile(place.run(), images::secondsWaited, learner.network()::await);
    learner.tell(profile);
    return profile;
  }

  /** Notes which picture is in which part, unless that is noted. */
  private void note(ImageData read, DatasetDigest dataset) {
    boolean noted =
        RunDescription.read(place.run()).map(RunDescription::dataset).equals(Optional.of(dataset))
            && Files.exists(place.run().resolve(PictureListFile.FILE));
    if (!noted) {
      PictureListFile.write(place.run(), PictureList.of(read));
    }
  }

  /** Writes what the run's page, and its other commands, are made from. */
  private void describe(Loaded loaded, Path folder, FolderReading reading, Division division) {
    ConfigurationFile.write(place.run(), run);
    new RunDescription(
            Software.ofThisProcess(),
            loaded.machine().device(),
            loaded.machine().threads(),
            OptimizationSummary.words(
                run.optimization(), run.model().architecture(), run.training()),
            folder.toAbsolutePath().normalize().toString(),
            loaded.data().classNames(),
            loaded.data().train().count(),
            loaded.data().validatesOnTest() ? 0 : loaded.data().validation().count(),
            loaded.data().test().count(),
            loaded.data().leftOut(),
            loaded.learner().network().settings().classWeights(),
            loaded.dataset(),
            reading,
            loaded.data().remarks(),
            division,
            DescribedModule.of(loaded.learner().network().settings().kind()))
        .write(place.run());
    if (options.linkedIn() != null) {
      link(options.linkedIn());
    }
  }

  private void link(Path names) {
    try {
      NewestRun.link(names, run.shortName(), place.run());
    } catch (IOException e) {
      LOG.warn("{} can't lead to the run: {}", names.resolve(run.shortName()), InWords.of(e));
    }
  }

  private void tellStart(Loaded loaded, @Nullable StoredCheckpoint newest) {
    LOG.info(
        "{}: {} with {} classes ({}), {}, {}",
        run.name(),
        loaded.learner().network().settings().kind(),
        loaded.data().classes(),
        loaded.dataset().countedClasses(),
        settings.precision(),
        OptimizationSummary.words(run.optimization(), run.model().architecture(), run.training()));
    LOG.info(
        "{}, {} threads; {} images to train on, {} to validate on, {} to test on{}",
        loaded.machine().kernels() == null
            ? loaded.machine().device()
            : "cpu (%s)".formatted(loaded.machine().kernels()),
        loaded.machine().threads(),
        loaded.data().train().count(),
        loaded.data().validatesOnTest() ? "none" : loaded.data().validation().count(),
        loaded.data().test().count(),
        loaded.data().validatesOnTest() ? ": each epoch is evaluated on the test images" : "");
    loaded.data().remarks().forEach(LOG::warn);
    LOG.info(
        "{} epochs of {} steps with up to {} images{}{}{}",
        settings.epochs(),
        loaded.plan().batches(),
        settings.batchSize(),
        loaded.learner().microBatches(),
        loaded.plan().leftOut() == 0
            ? ""
            : "; %d image(s) of each are left out".formatted(loaded.plan().leftOut()),
        newest == null ? "" : "; goes on from " + newest.folder());
    String augmentation =
        AugmentationText.of(run.training().augmentation(), run.training().transforms());
    LOG.info("augmentation: {}", augmentation);
    List<Double> weights = loaded.learner().network().settings().classWeights();
    if (weights != null) {
      LOG.info(
          "the training loss weighs the classes: {}",
          ClassWeightsText.of(weights, loaded.data().classNames()));
    }
    if (settings.rho() != null) {
      LOG.info(
          "sharpness-aware: a step's gradients are those at a distance of {} from the weights, and it computes twice",
          settings.rho());
    }
    if (settings.ema() != null) {
      LOG.info(
          "a moving average of the weights is kept, with decay {}{}; the model has the trained"
              + " ones",
          settings.ema().limit(),
          settings.ema().warmup() ? " after a warm-up" : "");
    }
  }

  private static String name(Device device) {
    return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
  }
}
