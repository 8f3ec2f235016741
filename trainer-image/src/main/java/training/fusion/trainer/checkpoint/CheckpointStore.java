package training.fusion.trainer.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.StoredCheckpoint.DamagedException;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.safetensors.SafetensorsWriter;
import training.fusion.trainer.safetensors.TensorSource;

/**
 * The checkpoints of one run: folders {@code checkpoint-<epochs>-<step>} in the run's folder. Each
 * appears whole or not at all, and goes only after a newer one is there.
 */
public final class CheckpointStore {
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{1,9})-(\\d{1,18})");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path runFolder;
  private final String runKey;
  private final Machine machine;
  private final int keep;

  /**
   * What the arithmetic runs on. On another machine a run goes on, but perhaps not bit for bit.
   *
   * @param threads of the CPU's arithmetic
   * @param kernels which of libtorch's the CPU computes with, see {@link
   *     training.fusion.trainer.model.Processor#kernels}; null: on a GPU, and not noted by older
   *     trainers
   */
  public record Machine(String device, int threads, @Nullable String kernels) {
    /** One whose kernels are not noted. */
    public Machine(String device, int threads) {
      this(device, threads, null);
    }

    private boolean computesAs(Machine other) {
      return device.equals(other.device)
          && threads == other.threads
          && (kernels == null || other.kernels == null || kernels.equals(other.kernels));
    }

    private String described(boolean withKernels) {
      return "%s with %d".formatted(device, threads)
          + (withKernels ? " threads and the kernels of " + kernels : " threads");
    }
  }

  /**
   * @param keep how many checkpoints are kept, at least 1
   */
  public CheckpointStore(Path runFolder, String runKey, Machine machine, int keep) {
    this.runFolder = runFolder;
    this.runKey = runKey;
    this.machine = machine;
    this.keep = keep;
  }

  /**
   * Writes a checkpoint, then removes those that are too many.
   *
   * @param convention that the weights follow
   * @param dataset what they are trained on
   * @throws TrainingFailure if it cannot be written; the checkpoints before it are as they were
   */
  public StoredCheckpoint save(
      RunState state,
      WeightsConvention convention,
      DatasetDigest dataset,
      List<TensorSource> model,
      List<TensorSource> optimizer) {
    Path folder = runFolder.resolve("checkpoint-%d-%d".formatted(state.epochs(), state.step()));
    Path unfinished = Durable.unfinished(folder);
    try {
      Durable.delete(unfinished);
      Files.createDirectory(unfinished);
      var files = new TreeMap<String, FileDigest>();
      files.put(Manifest.MODEL, model(state, unfinished.resolve(Manifest.MODEL), model));
      files.put(Manifest.OPTIMIZER, write(unfinished.resolve(Manifest.OPTIMIZER), optimizer));
      var manifest =
          new Manifest(
              RunConfiguration.CONTRACT_VERSION,
              runKey,
              machine,
              convention.variant(),
              convention.epsilon(),
              convention.normalization(),
              state,
              dataset,
              files);
      Path manifestFile = unfinished.resolve(Manifest.FILE);
      Durable.write(
          manifestFile, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(manifest));
      Durable.write(
          unfinished.resolve(Manifest.DIGEST_FILE), FileDigest.of(manifestFile).sha256() + "\n");
      Durable.delete(folder); // there only if it was damaged and trained again
      Durable.publish(unfinished, folder);
      removeOld(folder);
      return new StoredCheckpoint(folder, manifest);
    } catch (IOException e) {
      throw Durable.abandoned(folder, e);
    }
  }

  /** Of the epoch that was just found to be the best the weights lie there already. */
  private FileDigest model(RunState state, Path file, List<TensorSource> tensors)
      throws IOException {
    RunState.Weights best = bestOfNow(state);
    if (best == null) {
      return write(file, tensors);
    }
    Durable.share(runFolder.resolve(best.file()), file);
    return best.digest();
  }

  private static RunState.@Nullable Weights bestOfNow(RunState state) {
    RunState.Best best = state.best();
    return best != null && state.batches() == 0 && best.metrics().epoch() == state.epochs()
        ? best.weights()
        : null;
  }

  /**
   * Writes the weights of the best epoch beside the checkpoints; they go when no checkpoint names
   * them any more.
   *
   * @param averaged whether they are the average's
   * @param metadata of the file, which may become the model's
   * @throws TrainingFailure if they cannot be written
   */
  public RunState.Weights saveBest(
      int epoch, boolean averaged, SortedMap<String, String> metadata, List<TensorSource> model) {
    Path file = runFolder.resolve("best-%s%d.safetensors".formatted(averaged ? "ema-" : "", epoch));
    Path unfinished = Durable.unfinished(file);
    try {
      Files.deleteIfExists(unfinished);
      FileDigest digest = SafetensorsWriter.write(unfinished, metadata, model);
      Durable.publish(unfinished, file);
      return new RunState.Weights(String.valueOf(file.getFileName()), digest);
    } catch (IOException e) {
      throw Durable.abandoned(file, e);
    }
  }

  /**
   * The newest checkpoint whose files are whole.
   *
   * @param report told, in a sentence, of each one that is passed over, and of another machine
   * @throws TrainingFailure if it belongs to another run
   */
  public Optional<StoredCheckpoint> newest(Consumer<String> report) {
    Optional<StoredCheckpoint> newest = newestIn(runFolder, report);
    newest.ifPresent(checkpoint -> checkOrigin(checkpoint, report));
    return newest;
  }

  /**
   * The newest checkpoint of any run's folder whose files are whole; nothing is changed there.
   *
   * @param report told, in a sentence, of each one that is passed over
   */
  public static Optional<StoredCheckpoint> newestIn(Path runFolder, Consumer<String> report) {
    try {
      if (!Files.isDirectory(runFolder)) {
        return Optional.empty();
      }
      for (Path folder : newestFirst(runFolder)) {
        try {
          return Optional.of(StoredCheckpoint.verified(folder));
        } catch (DamagedException e) {
          report.accept(
              "%s is damaged and passed over: %s".formatted(folder.getFileName(), e.getMessage()));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw TrainingFailure.unreadable(runFolder, e);
    }
  }

  private void checkOrigin(StoredCheckpoint checkpoint, Consumer<String> report) {
    Manifest manifest = checkpoint.manifest();
    if (!manifest.runKey().equals(runKey)) {
      throw TrainingFailure.badConfiguration(
          "%s belongs to run %s, this is run %s; give each run a folder of its own"
              .formatted(checkpoint.folder(), manifest.runKey(), runKey));
    }
    tellMachine(checkpoint, report);
  }

  /**
   * Says if a checkpoint was written on another machine.
   *
   * @param report told so, in a sentence
   */
  public void tellMachine(StoredCheckpoint checkpoint, Consumer<String> report) {
    Machine before = checkpoint.manifest().machine();
    if (!machine.computesAs(before)) {
      boolean withKernels = machine.kernels != null && before.kernels != null;
      report.accept(
          "%s was written on %s, this is %s: the run goes on, but not bit for bit"
              .formatted(
                  checkpoint.folder().getFileName(),
                  before.described(withKernels),
                  machine.described(withKernels)));
    }
  }

  private static FileDigest write(Path file, List<TensorSource> tensors) throws IOException {
    return SafetensorsWriter.write(file, new TreeMap<>(), tensors);
  }

  /** Newer ones than what was just saved are damaged: they stay until they are trained again. */
  private void removeOld(Path saved) throws IOException {
    List<Path> all = newestFirst(runFolder);
    List<Path> folders = all.subList(all.indexOf(saved), all.size());
    removeAllBut(keep, folders, runFolder);
  }

  /**
   * Removes all checkpoints of a run's folder but the newest ones, and weights that none of these
   * name. A run that has succeeded needs neither.
   */
  public static void keepNewest(Path runFolder, int number) throws IOException {
    removeAllBut(number, newestFirst(runFolder), runFolder);
  }

  private static void removeAllBut(int number, List<Path> folders, Path runFolder)
      throws IOException {
    for (Path folder : folders.subList(Math.min(number, folders.size()), folders.size())) {
      Path unfinished = Durable.unfinished(folder);
      Files.move(folder, unfinished); // so that a crash leaves no half of it under its name
      Durable.delete(unfinished);
    }
    Set<String> named = new HashSet<>();
    for (Path folder : newestFirst(runFolder)) {
      named.addAll(bestOf(folder));
    }
    for (Path file : list(runFolder)) {
      String name = String.valueOf(file.getFileName());
      if (RunState.Weights.isName(name) && !named.contains(name)) {
        Files.delete(file);
      }
    }
  }

  private static List<String> bestOf(Path folder) throws IOException {
    try {
      return StoredCheckpoint.readManifest(folder).state().bestWeights().stream()
          .map(RunState.Weights::file)
          .toList();
    } catch (DamagedException e) {
      return List.of(); // it will be passed over, and needs no weights
    }
  }

  /** Removes what a crash has left unfinished. */
  public void removeUnfinished() {
    try {
      for (Path path : list(runFolder)) {
        if (Durable.isUnfinished(path)) {
          Durable.delete(path);
        }
      }
    } catch (IOException e) {
      throw TrainingFailure.unreadable(runFolder, e);
    }
  }

  /** The folders of a run's checkpoints, whole or not. */
  public static List<Path> newestFirst(Path runFolder) throws IOException {
    record Named(Path folder, int epochs, long step) {}
    var found = new ArrayList<Named>();
    for (Path path : list(runFolder)) {
      Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
      if (name.matches()) {
        found.add(new Named(path, Integer.parseInt(name.group(1)), Long.parseLong(name.group(2))));
      }
    }
    return found.stream()
        .sorted(Comparator.comparingLong(Named::step).thenComparingInt(Named::epochs).reversed())
        .map(Named::folder)
        .toList();
  }

  private static List<Path> list(Path runFolder) throws IOException {
    try (var entries = Files.list(runFolder)) {
      return entries.toList();
    }
  }
}
