package training.fusion.trainer.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.Dataset;
import training.fusion.api.ScriptModule;
import training.fusion.api.Source;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunEnvironment;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.PictureRoom;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.format.TensorFolder;
import training.fusion.trainer.listing.FolderIndex;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.module.ModuleDefinition;
import training.fusion.trainer.module.ModuleFile;
import training.fusion.trainer.process.FailureDescriptions;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.process.Watchdog;
import training.fusion.trainer.source.FetchListener;
import training.fusion.trainer.source.Sources;
import training.fusion.trainer.train.NetworkInput;
import training.fusion.trainer.train.Settings;

/** Data and weights as files of this machine: those that are here, or fetched. */
public final class Inputs {
  private static final Logger LOG = LoggerFactory.getLogger(Inputs.class);
  private static final Duration TOLD_EACH = Duration.ofSeconds(10);

  private final @Nullable Path data;
  private final @Nullable Path weights;
  private final Sources sources;
  private final FetchListener listener;

  private Inputs(
      @Nullable Path data, @Nullable Path weights, Sources sources, FetchListener listener) {
    this.data = data;
    this.weights = weights;
    this.sources = sources;
    this.listener = listener;
  }

  /** A run's. While something is fetched the watchdog is told, and the wish to stop is heard. */
  static Inputs of(RunFolders place, Watchdog watchdog, StopSignal stop) {
    var listener =
        new FetchListener() {
          @Override
          public void moved(String activity) {
            watchdog.moved(activity);
          }

          @Override
          public void mayGoOn() {
            if (stop.isRequested()) {
              throw FailureDescriptions.stoppedBefore();
            }
          }
        };
    return new Inputs(
        place.data(),
        place.weights(),
        new Sources(place.cache(), System.getenv(), listener),
        listener);
  }

  /** As {@link #ofCommandLine(Path, Path)}, of a command that needs no weights. */
  public static Inputs ofCommandLine(@Nullable Path data) {
    return ofCommandLine(data, null);
  }

  /**
   * Those of a command that leaves nothing but a cache behind.
   *
   * @param data null: fetched
   * @param weights null: fetched, or none
   */
  public static Inputs ofCommandLine(@Nullable Path data, @Nullable Path weights) {
    Map<String, String> environment = System.getenv();
    String cache = environment.get(RunEnvironment.CACHE);
    Path folder =
        cache != null
            ? Path.of(cache)
            : Path.of(System.getProperty("java.io.tmpdir"), "fusion-cache");
    var nobody =
        new FetchListener() {
          @Override
          public void moved(String activity) {}

          @Override
          public void mayGoOn() {}
        };
    return new Inputs(data, weights, new Sources(folder, environment, nobody), nobody);
  }

  /**
   * The folder with the data set's files.
   *
   * @throws TrainingFailure if it can't be fetched, or should be here and is not
   */
  public Path data(RunConfiguration run) {
    Source source = run.dataset().source();
    if (data != null) {
      return data;
    }
    if (Sources.isFetched(source)) {
      return staysPacked(run.dataset()) ? sources.shards(source) : sources.dataset(source);
    }
    throw TrainingFailure.badConfiguration(
        "the data set's folder is not given: a command line names it by --data, the operator by %s"
            .formatted(RunEnvironment.DATA));
  }

  /** Files that are read as they are; tensors may come in an archive, too, and .npz is no such. */
  private static boolean staysPacked(Dataset dataset) {
    Source.Https https = dataset.source().https();
    return switch (dataset.format()) {
      case WEB_DATASET -> true;
      case TENSORS -> https == null || TensorFolder.isOne(https.url());
      case IMAGE_FOLDER, IDX, CIFAR10, CIFAR100 -> false;
    };
  }

  /**
   * The data set's files; pictures in files of their own are listed, not decoded.
   *
   * @param folder of {@link #data}
   * @param reading that the run began with
   * @throws TrainingFailure naming the file or folder that is missing or damaged
   */
  public ImageFiles files(Path folder, Settings settings, FolderReading reading) {
    return files(folder, settings, reading, listing(FolderIndex.NONE));
  }

  /** As {@link #files(Path, Settings, FolderReading)}. */
  ImageFiles files(Path folder, Settings settings, FolderReading reading, Listing listing) {
    return ImageFiles.read(folder, settings.run().dataset(), settings.framing(), reading, listing);
  }

  /** How folders are listed: whoever waits is told, and people now and then. */
  Listing listing(FolderIndex known) {
    var next = new AtomicLong(System.nanoTime() + TOLD_EACH.toNanos());
    return new Listing(
        known,
        new Listing.Listener() {
          @Override
          public void listed(long names, int folders) {
            tell("listing the data set: %d names in %d folders so far".formatted(names, folders));
          }

          @Override
          public void read(long pictures, int shards) {
            tell(
                "listing the data set: %d pictures in %d shards so far"
                    .formatted(pictures, shards));
          }

          private void tell(String activity) {
            listener.moved(activity);
            long due = next.get();
            long now = System.nanoTime();
            if (now - due > 0 && next.compareAndSet(due, now + TOLD_EACH.toNanos())) {
              LOG.info("{}", activity);
            }
          }
        });
  }

  /**
   * The data set in its parts, less the damaged pictures if {@code dataset.onError} is Skip. Then
   * every picture is decoded once, before the first step: what is left out is settled for the whole
   * run, and so are its steps. A run keeps decoded pictures.
   *
   * @param read all of it
   * @param runFolder where an earlier attempt may have noted what is damaged, and this one does;
   *     null: there is no run
   */
  public ImageData prepared(ImageData read, Settings settings, @Nullable Path runFolder) {
    return prepared(read, settings, runFolder, Runnable::run);
  }

  /** As {@link #prepared(ImageData, Settings, Path)}; what there is to note is noted later. */
  ImageData prepared(
      ImageData read, Settings settings, @Nullable Path runFolder, Consumer<Runnable> learnt) {
    ImageData all =
        runFolder == null
            ? read
            : read.cachedIn(PictureRoom.of(System.getenv()), settings.cutsTrainingPictures());
    if (settings.run().dataset().onError() != Dataset.OnError.SKIP
        || !all.train().source().mayBeDamaged()) {
      return all;
    }
    return all.without(SkippedPictures.of(all, runFolder, listener, learnt).names());
  }

  /**
   * Which network is trained; somebody's own is opened.
   *
   * @param data that it is shown
   * @throws TrainingFailure if its file can't be fetched, or does not serve
   */
  public NetworkKind network(RunConfiguration run, ImageData data) {
    ScriptModule module = run.model().module();
    if (module == null) {
      return NetworkKind.of(Objects.requireNonNull(run.model().architecture()));
    }
    Path file = weights(run);
    if (file == null) {
      throw TrainingFailure.badConfiguration(
          "spec.model.module asks for a network, and no file is given; on a command line --weights names it");
    }
    return ModuleDefinition.kind(
        ModuleFile.open(file),
        module.blocks(),
        module.input(),
        NetworkInput.tensors(data.train().source()));
  }

  /**
   * The file with pretrained weights, or a folder with exactly one; null if none are asked for.
   * Where the network is somebody's own it is that file.
   *
   * @throws TrainingFailure if it can't be fetched
   */
  public @Nullable Path weights(RunConfiguration run) {
    Source source = run.model().file();
    if (weights != null || source == null) {
      return weights;
    }
    String field = run.model().module() != null ? "spec.model.module" : "spec.model.pretrained";
    return Sources.isFetched(source) ? sources.weights(source, field + ".source") : null;
  }
}
