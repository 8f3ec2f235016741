package training.fusion.local;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.local.Requests.Request;
import training.fusion.local.console.LogFollower;
import training.fusion.local.console.Progress;

/** One run of some trainings: watched, stored as they change, stopped in good order by Ctrl-C. */
final class Run {
  private static final long LOOK_MILLISECONDS = 300;

  private final LocalCluster cluster;
  private final Output output;
  private final Progress progress;
  private final String again;
  private final AtomicBoolean stopped = new AtomicBoolean();

  /**
   * A run.
   *
   * @param again command line that goes on from here
   */
  Run(LocalCluster cluster, Output output, Progress progress, String again) {
    this.cluster = cluster;
    this.output = output;
    this.progress = progress;
    this.again = again;
  }

  /** The trainings as they ended; or as they are, where nothing can go on without a person. */
  List<FusionTraining> toTheEnd(List<Request> requests, boolean logs)
      throws IOException, InterruptedException {
    var interrupted = new Thread(this::interrupted, "stop");
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      return watch(requests, logs);
    } catch (KubernetesClientException e) {
      if (!stopped.get()) {
        throw e;
      }
      // Ctrl-C has closed the API under us
      return List.of();
    } finally {
      if (interrupted.isAlive()) {
        // which ends the process when all is saved
        interrupted.join();
      }
    }
  }

  private List<FusionTraining> watch(List<Request> requests, boolean logs)
      throws IOException, InterruptedException {
    requests.forEach(this::submit);
    var follower = new LogFollower(output.folder().resolve("logs"), progress::say);
    List<FusionTraining> now = look(List.of());
    while (!stopped.get() && !isSettled(now) && !isStuck(now)) {
      progress.show(now, Instant.now());
      Thread.sleep(LOOK_MILLISECONDS);
      if (logs) {
        follower.follow();
      }
      now = look(now);
    }
    if (stopped.get()) {
      return now;
    }
    progress.show(now, Instant.now());
    cluster.node().refusals().forEach((pod, why) -> progress.say(pod + " can't start: " + why));
    // from here Ctrl-C finds nothing left to save
    stop();
    return now;
  }

  private void submit(Request request) {
    if (request.known()) {
      cluster.api().restore(request.resource());
    } else {
      cluster.client().resource(request.resource()).create();
    }
  }

  /** The trainings now; those that changed since are stored. */
  private List<FusionTraining> look(List<FusionTraining> before) {
    Map<String, String> versions =
        before.stream()
            .collect(
                Collectors.toMap(
                    training -> training.getMetadata().getName(),
                    training -> training.getMetadata().getResourceVersion()));
    List<FusionTraining> now =
        cluster.trainings().stream()
            .sorted(Comparator.comparing(training -> training.getMetadata().getName()))
            .toList();
    for (FusionTraining training : now) {
      var metadata = training.getMetadata();
      if (!metadata.getResourceVersion().equals(versions.get(metadata.getName()))) {
        output.store(training);
      }
    }
    return now;
  }

  private static boolean isSettled(List<FusionTraining> trainings) {
    return trainings.stream()
        .allMatch(training -> Requests.isOver(training) || state(training).equals(State.SUSPENDED));
  }

  /** Whether every training that has not ended waits for something only a person can give. */
  private boolean isStuck(List<FusionTraining> trainings) {
    var refusals = cluster.node().refusals();
    return !refusals.isEmpty()
        && trainings.stream()
            .filter(training -> !Requests.isOver(training))
            .allMatch(training -> isRefused(training, refusals));
  }

  private static boolean isRefused(FusionTraining training, Map<String, String> refusals) {
    String job =
        Optional.ofNullable(training.getStatus()).map(status -> status.jobName()).orElse(null);
    return job != null && refusals.keySet().stream().anyMatch(pod -> pod.startsWith(job + "-"));
  }

  private static State state(FusionTraining training) {
    return Optional.ofNullable(training.getStatus())
        .map(status -> status.state())
        .orElse(State.PENDING);
  }

  /** Ctrl-C or SIGTERM. */
  private void interrupted() {
    if (stopped.get()) {
      return;
    }
    progress.end();
    progress.say("stopping: the trainers save a checkpoint and end");
    stop();
    progress.say("stopped; to go on from there: " + again);
  }

  private void stop() {
    if (stopped.compareAndSet(false, true)) {
      cluster.stopTrainers();
      look(List.of());
      cluster.close();
    }
  }
}
