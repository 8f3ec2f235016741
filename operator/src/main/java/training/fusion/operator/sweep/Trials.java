package training.fusion.operator.sweep;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.job.Labels;
import training.fusion.operator.resource.Ownership;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.Trial;

/** Makes, reads, stops and resumes a sweep's trials at the API server itself. */
@Singleton
class Trials {
  /** Annotation: name of the matrix' arm. */
  static final String ARM = "fusion.training/arm";

  /** Annotation: name of the matrix' data set. */
  static final String DATASET = "fusion.training/dataset";

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;

  Trials(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Asks the API server what it would say to these trials, one for each cell: it knows the rules.
   *
   * @throws BadSweep with the first cell that breaks one
   * @throws Refused with the first trial that it refuses for another reason
   */
  void check(FusionSweep sweep, List<Trial> trials) {
    Set<Cell> asked = new HashSet<>();
    for (Trial trial : trials) {
      Cell cell = trial.cell();
      if (asked.add(
          new Cell(cell.arm(), cell.architecture(), cell.dataset(), cell.optimization(), 0))) {
        check(sweep, trial);
      }
    }
  }

  private void check(FusionSweep sweep, Trial trial) {
    try {
      client.resource(resource(sweep, trial)).dryRun().create();
    } catch (KubernetesClientException e) {
      if (!StatusSubresource.isConflict(e)) { // whose it is that has the name is seen in time
        throw refused(trial, e);
      }
    }
  }

  /**
   * Makes a trial, once: one that is there already was made before us.
   *
   * @param create sends it to the API server and remembers the answer
   * @throws BadSweep when the trial breaks a rule
   * @throws Refused when the API server refuses it, or something else has its name
   */
  void create(FusionSweep sweep, Trial trial, Consumer<FusionTraining> create) {
    FusionTraining training = resource(sweep, trial);
    try {
      create.accept(training);
    } catch (KubernetesClientException e) {
      FusionTraining there =
          StatusSubresource.isConflict(e) ? client.resource(training).get() : null;
      if (there == null) {
        throw refused(trial, e);
      }
      if (!Ownership.isOurs(there, sweep)) {
        throw new Refused(taken(there, sweep));
      }
    }
  }

  /** What is to be said of a trial's name that another training has. */
  static Refusal taken(FusionTraining there, FusionSweep sweep) {
    return Refusal.ofName(there, sweep, "delete it, or make the sweep by another name");
  }

  private static RuntimeException refused(Trial trial, KubernetesClientException e) {
    Refusal refusal = Refusal.of(e, "to make trial " + trial.name());
    return refusal.kind() != Refusal.Kind.INVALID
        ? new Refused(refusal)
        : new BadSweep(
            BadSweep.CELL,
            "arm %s, data set %s, %s: %s"
                .formatted(
                    trial.cell().arm(),
                    trial.cell().dataset(),
                    OptimizationSummary.words(
                        trial.cell().optimization(), trial.cell().architecture()),
                    e.getStatus().getMessage()));
  }

  /** A trial as it is now, its whole history with it; empty when it is gone. */
  Optional<FusionTraining> read(FusionTraining trial) {
    try {
      return Optional.ofNullable(client.resource(trial).get())
          .filter(there -> uid(there).equals(uid(trial)));
    } catch (KubernetesClientException e) {
      throw new Refused(Refusal.of(e, "to read trial " + trial.getMetadata().getName()));
    }
  }

  private static String uid(FusionTraining training) {
    return training.getMetadata().getUid();
  }

  /**
   * Stops a trial after a checkpoint, if it is still as it was seen.
   *
   * @return the trial as it is now
   * @throws Refused when the API server refuses it
   * @throws KubernetesClientException with code 409 when it has changed, or is gone
   */
  FusionTraining stop(FusionTraining trial) {
    return change(trial, "\"suspend\":true", "to stop trial ");
  }

  /**
   * As {@link #stop}: lets a trial go on from its checkpoint.
   *
   * @param pauseAfterEpoch where it is to pause next; null: nowhere
   */
  FusionTraining goOn(FusionTraining trial, @Nullable Integer pauseAfterEpoch) {
    return change(
        trial,
        "\"suspend\":false,\"pauseAfterEpoch\":%s".formatted(pauseAfterEpoch),
        "to let go on trial ");
  }

  private FusionTraining change(FusionTraining trial, String fields, String asked) {
    ObjectMeta seen = trial.getMetadata();
    String patch =
        "{\"metadata\":{\"resourceVersion\":\"%s\"},\"spec\":{%s}}"
            .formatted(seen.getResourceVersion(), fields);
    try {
      return client
          .resources(FusionTraining.class)
          .inNamespace(seen.getNamespace())
          .withName(seen.getName())
          .patch(MERGE, patch);
    } catch (KubernetesClientException e) {
      if (StatusSubresource.isConflict(e)) {
        throw e;
      }
      if (StatusSubresource.isGone(e)) {
        throw new KubernetesClientException(
            "trial " + seen.getName() + " is gone", HttpURLConnection.HTTP_CONFLICT, null);
      }
      throw new Refused(Refusal.of(e, asked + seen.getName()));
    }
  }

  private static FusionTraining resource(FusionSweep sweep, Trial trial) {
    var training = new FusionTraining();
    training.setMetadata(
        new ObjectMetaBuilder()
            .withName(trial.name())
            .withNamespace(sweep.getMetadata().getNamespace())
            .withLabels(Labels.ofSweep(sweep.getMetadata().getUid(), "trial"))
            .withAnnotations(Map.of(ARM, trial.cell().arm(), DATASET, trial.cell().dataset()))
            .withOwnerReferences(owner(sweep))
            .build());
    training.setSpec(trial.spec());
    return training;
  }

  /** What makes a sweep take it along when it is deleted. */
  static OwnerReference owner(FusionSweep sweep) {
    return new OwnerReferenceBuilder()
        .withApiVersion(sweep.getApiVersion())
        .withKind(sweep.getKind())
        .withName(sweep.getMetadata().getName())
        .withUid(sweep.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }
}
