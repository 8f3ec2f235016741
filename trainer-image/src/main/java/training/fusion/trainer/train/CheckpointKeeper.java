package training.fusion.trainer.train;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.Dataset;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunPhase;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StepLedger;
import training.fusion.trainer.checkpoint.StoredCheckpoint;
import training.fusion.trainer.checkpoint.WeightsConvention;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.report.HistoryTable;
import training.fusion.trainer.weights.ChannelNormalization;
import training.fusion.trainer.weights.Convention;

/** Keeps what must outlive the process: checkpoints, the best weights, history, ledger. */
public final class CheckpointKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointKeeper.class);

  private final Path run;
  private final RunLock lock;
  private final CheckpointStore store;
  private final StepLedger ledger;
  private final Learner learner;
  private final ProgressReporter progress;
  private final Metrics.Split evaluated;
  private final DatasetDigest dataset;
  private final SortedMap<String, String> card;
  private final long nanosecondsBetween;

  private long lastSave = System.nanoTime();

  /**
   * One for a run whose folder is locked.
   *
   * @param dataset what the run is trained on, damaged pictures included
   */
  public CheckpointKeeper(
      Path run,
      RunLock lock,
      CheckpointStore store,
      StepLedger ledger,
      Learner learner,
      ProgressReporter progress,
      ImageData data,
      DatasetDigest dataset,
      Settings settings) {
    this.run = run;
    this.lock = lock;
    this.store = store;
    this.ledger = ledger;
    this.learner = learner;
    this.progress = progress;
    this.evaluated = data.validationSplit();
    this.dataset = dataset;
    this.card = ModelCard.metadata(learner.network(), DatasetDigest.of(data), learner.convention());
    this.nanosecondsBetween =
        settings.everyMinutes() == null
            ? Long.MAX_VALUE
            : Duration.ofMinutes(settings.everyMinutes()).toNanos();
  }

  /** Whether a checkpoint within the epoch is due. */
  boolean isDue() {
    return System.nanoTime() - lastSave >= nanosecondsBetween;
  }

  /** Notes a step in the ledger. */
  void stepped(RunState state) {
    write(() -> ledger.stepped(state.step()), "steps.log");
  }

  /** Saves a checkpoint, unless another pod has taken the run over. */
  public SavedCheckpoint save(RunState state) {
    lock.check();
    progress.begins(RunPhase.SAVING, state);
    write(ledger::flush, "steps.log");
    long start = System.nanoTime();
    StoredCheckpoint checkpoint =
        store.save(
            state, convention(), dataset, learner.modelTensors(), learner.optimizerTensors());
    write(ledger::saved, "steps.log");
    lastSave = System.nanoTime();
    LOG.debug("{} saved in {} ms", checkpoint.folder(), (lastSave - start) / 1_000_000);
    SavedCheckpoint saved = checkpoint.toReport();
    progress.saved(state, saved);
    return saved;
  }

  private WeightsConvention convention() {
    Convention convention = learner.convention();
    ChannelNormalization normalization = convention.normalization();
    return new WeightsConvention(
        convention.name(),
        convention.variant().epsilon(),
        new Dataset.Normalization(null, normalization.mean(), normalization.std()));
  }

  /** As {@link #save}, unless just this state was saved before. */
  public SavedCheckpoint saveOnce(RunState state) {
    SavedCheckpoint saved = progress.checkpoint();
    if (saved == null || saved.epoch() != state.epochs() || saved.step() != state.step()) {
      saved = save(state);
    }
    return saved;
  }

  /**
   * Writes the present weights as those of the best epoch.
   *
   * @param averaged whether they are the average's
   */
  RunState.Weights saveBest(int epoch, boolean averaged) {
    lock.check();
    return store.saveBest(epoch, averaged, card, learner.modelTensors());
  }

  /** Brings {@code history.csv} to the state's. */
  public void writeHistory(RunState state) {
    String text = HistoryTable.toCsv(learner.groupNames(), evaluated, state.history());
    write(() -> Durable.write(run.resolve(HistoryTable.FILE), text), HistoryTable.FILE);
  }

  /** Notes that nothing is left to train. */
  public void finished() {
    write(ledger::finished, "steps.log");
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void write(Writing writing, String file) {
    try {
      writing.run();
    } catch (IOException e) {
      throw Durable.failure(run.resolve(file), e);
    }
  }
}
