package training.fusion.trainer.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.Pretrained;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.checkpoint.Manifest;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StoredCheckpoint;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.module.DescribedModule;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.train.Learner;
import training.fusion.trainer.train.Settings;
import training.fusion.trainer.weights.ChannelNormalization;
import training.fusion.trainer.weights.Convention;
import training.fusion.trainer.weights.PretrainedWeights;

/**
 * What a pod begins with: the run's own newest checkpoint; else that of the run which {@code
 * checkpoint.resumeFrom} names; else pretrained weights; else weights drawn from the seed.
 *
 * @param checkpoint the run's own or the other run's
 * @param ofOtherRun whether it is the other run's
 * @param pretrained only without a checkpoint
 */
public record StartingPoint(
    RunState state,
    @Nullable StoredCheckpoint checkpoint,
    boolean ofOtherRun,
    @Nullable PretrainedWeights pretrained) {
  private static final Logger LOG = LoggerFactory.getLogger(StartingPoint.class);

  /**
   * Opens it.
   *
   * @param origin null: there is no checkpoint to go on from
   * @param later takes what is to be written into the run's folder once nothing is refused any more
   * @throws TrainingFailure if what the configuration names is not there or does not fit
   */
  static StartingPoint of(
      Settings settings,
      RunFolders place,
      Inputs inputs,
      BatchPlan plan,
      @Nullable Origin origin,
      Consumer<Runnable> later) {
    if (origin == null) {
      return new StartingPoint(RunState.initial(), null, false, pretrained(settings.run(), inputs));
    }
    StoredCheckpoint checkpoint = origin.checkpoint();
    RunState state =
        origin.ofOtherRun()
            ? Predecessor.state(checkpoint, settings, plan, place.run(), later)
            : checkpoint.manifest().state();
    return new StartingPoint(state, checkpoint, origin.ofOtherRun(), null);
  }

  /** How the data set is read: as when the run began, or the one that it goes on from. */
  public static FolderReading reading(RunFolders place) {
    return description(place).map(RunDescription::begunWith).orElse(FolderReading.CURRENT);
  }

  /** How the data set is divided: likewise. */
  public static Division division(RunFolders place) {
    return description(place).map(RunDescription::dividedBy).orElse(Division.CURRENT);
  }

  /**
   * The network, which is to be what the run began with.
   *
   * @throws TrainingFailure if it is another program than that
   */
  static NetworkKind same(NetworkKind kind, RunFolders place) {
    DescribedModule now = DescribedModule.of(kind);
    DescribedModule before = description(place).map(RunDescription::module).orElse(null);
    if (now != null && before != null && !now.program().equals(before.program())) {
      throw TrainingFailure.badConfiguration(
          "spec.model.module: its file is another program than the one that %s was begun with; give that one, or another name or runId to the training"
              .formatted(place.run()));
    }
    return kind;
  }

  private static Optional<RunDescription> description(RunFolders place) {
    return Stream.of(place.run(), place.resumeFrom())
        .filter(Objects::nonNull)
        .map(RunDescription::read)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static @Nullable PretrainedWeights pretrained(RunConfiguration run, Inputs inputs) {
    Pretrained asked = run.model().pretrained();
    if (asked == null) {
      return null;
    }
    Path file = inputs.weights(run);
    if (file == null) {
      throw TrainingFailure.badConfiguration(
          "spec.model.pretrained asks for weights, and none are given; on a command line --weights"
              + " names the file");
    }
    return PretrainedWeights.open(
        file,
        Objects.requireNonNull(run.model().architecture()),
        asked,
        run.dataset().normalization());
  }

  /** Whose padding, epsilons and preprocessing the weights follow; drawn ones torchvision's. */
  Convention convention(RunConfiguration run) {
    if (checkpoint != null) {
      Manifest manifest = checkpoint.manifest();
      return Convention.drawn(run.model(), manifest.variant())
          .with(manifest.epsilon(), ChannelNormalization.asked(manifest.normalization()));
    }
    return pretrained != null ? pretrained.convention() : Convention.drawn(run.model());
  }

  /** Brings a learner's weights and optimizer there. */
  void load(Learner learner, List<String> classNames, Settings settings) throws IOException {
    if (checkpoint != null) {
      learner.load(checkpoint);
    } else if (pretrained != null) {
      pretrained.matchedWith(classNames).load(learner.network(), settings.seed());
      LOG.info("{}", pretrained.describe());
    }
  }
}
