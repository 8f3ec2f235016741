package training.fusion.operator.sweep;

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
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.job.Labels;
import training.fusion.operator.status.OptimizationSummary;

/** Makes, reads, stops and resumes a sweep's trials at the API server itself. */
@Singleton
class Trials {
  /** Annotation: name of the matrix' arm. */
  static final String ARM = "fusion.training/arm";

  /** Annotation: name of the matrix' data set. */
  static final String DATASET = "fusion.training/dataset";

  private static final int UNPROCESSABLE = 422;
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;

  Trials(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Asks the API server what it would say to these trials, one for each cell: it knows the rules.
   *
   * @throws BadSweep with the first cell that it refuses
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
      if (e.getCode() == UNPROCESSABLE) {
        throw new BadSweep(
            BadSweep.CELL,
            "arm %s, data set %s, %s: %s"
                .formatted(
                    trial.cell().arm(),
                    trial.cell().dataset(),
                    OptimizationSummary.words(
                        trial.cell().optimization(), trial.cell().architecture()),
                    e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage()));
      }
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) { // it is there: it was accepted
        throw e;
      }
    }
  }

  /**
   * Makes a trial, once: one that is there already was made before us.
   *
   * @param create sends it to the API server and remembers the answer
   * @throws KubernetesClientException with code 409 when something else has its name
   */
  void create(FusionSweep sweep, Trial trial, Consumer<FusionTraining> create) {
    FusionTraining training = resource(sweep, trial);
    try {
      create.accept(training);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || !isOurs(sweep, training)) {
        throw e;
      }
    }
  }

  private boolean isOurs(FusionSweep sweep, FusionTraining training) {
    FusionTraining there = client.resource(training).get();
    return there != null && there.hasOwnerReferenceFor(sweep);
  }

  /** A trial as it is now, its whole history with it; empty when it is gone. */
  Optional<FusionTraining> read(FusionTraining trial) {
    return Optional.ofNullable(client.resource(trial).get());
  }

  /**
   * Stops a trial after a checkpoint, or lets it go on from there.
   *
   * @return the trial as it is now
   */
  FusionTraining suspend(FusionTraining trial, boolean suspend) {
    return client
        .resources(FusionTraining.class)
        .inNamespace(trial.getMetadata().getNamespace())
        .withName(trial.getMetadata().getName())
        .patch(MERGE, "{\"spec\":{\"suspend\":" + suspend + "}}");
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
