package training.fusion.operator.progress;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.run.ProgressReport;
import training.fusion.operator.configuration.OperatorConfiguration;
import training.fusion.operator.job.Labels;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.watch.Observation;
import training.fusion.operator.watch.TrainingInformers;

/** Takes a report whose sender is proved, and writes it where it counts. */
@Singleton
final class ReportIntake {
  /** A trainer posts every few seconds; one that posts more is broken or hostile. */
  private static final int BURST = 10;

  private static final int TRIES = 3;

  private final OperatorConfiguration configuration;
  private final KubernetesClient client;
  private final TrainingInformers watched;
  private final ProgressStatus statuses;
  private final RateLimit limit;

  ReportIntake(
      OperatorConfiguration configuration,
      KubernetesClient client,
      TrainingInformers watched,
      ProgressStatus statuses,
      InstantSource clock) {
    this.configuration = configuration;
    this.client = client;
    this.watched = watched;
    this.statuses = statuses;
    this.limit = new RateLimit(BURST, clock);
  }

  Answer take(PodIdentity sender, ProgressReport report) {
    Duration wait = limit.await(sender.uid());
    if (!wait.isZero()) {
      return Answer.tooMany(wait);
    }
    Optional<TrainerPod> pod =
        watched
            .pod(sender.namespace(), sender.name())
            .filter(known -> known.uid().equals(sender.uid()));
    if (pod.isEmpty()) {
      return Answer.foreign("pod " + sender.name() + " is not known as a trainer's");
    }
    return training(pod.get())
        .map(training -> take(training, pod.get(), report))
        .orElseGet(() -> Answer.stale("the training is gone"));
  }

  private Answer take(FusionTraining training, TrainerPod pod, ProgressReport report) {
    FusionTraining current = training;
    for (int i = 0; i < TRIES; i++) {
      Observation seen = watched.observe(current);
      Optional<Answer> reason =
          ProgressRules.reason(seen, pod, report, configuration.progress().minimumInterval());
      if (reason.isPresent()) {
        return reason.get();
      }
      try {
        statuses.write(current, ProgressRules.after(seen, pod, report));
        return Answer.taken("taken");
      } catch (KubernetesClientException e) {
        if (StatusSubresource.isRefused(e)) {
          return Answer.malformed("the API server does not take it: " + e.getMessage());
        }
        if (!StatusSubresource.isConflict(e)) {
          return Answer.unavailable("the status could not be written", Duration.ofSeconds(5));
        }
      }
      current = client.resource(current).get();
      if (current == null) {
        return Answer.stale("the training is gone");
      }
    }
    return Answer.tooMany(Duration.ofSeconds(1));
  }

  private Optional<FusionTraining> training(TrainerPod pod) {
    var metadata = pod.pod().getMetadata();
    return Optional.ofNullable(metadata.getAnnotations())
        .map(annotations -> annotations.get(Labels.TRAINING))
        .flatMap(name -> watched.training(metadata.getNamespace(), name))
        .filter(
            training ->
                training
                    .getMetadata()
                    .getUid()
                    .equals(Labels.value(pod.pod(), Labels.TRAINING_UID)));
  }
}
