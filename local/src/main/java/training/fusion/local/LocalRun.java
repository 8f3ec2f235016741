package training.fusion.local;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.console.ProgressTable;
import training.fusion.console.TerminalWatch;
import training.fusion.local.RequestedResources.Request;
import training.fusion.local.console.FailureNews;
import training.fusion.local.console.LogFollower;
import training.fusion.local.console.SearchNews;
import training.fusion.local.console.TrainingRows;

/**
 * One run of some trainings and sweeps: watched, stored as they change, stopped in good order by
 * Ctrl-C.
 */
final class LocalRun {
  private static final long LOOK_MILLISECONDS = 300;

  private final LocalCluster cluster;
  private final OutputFolder output;
  private final RunPlaces places;
  private final ProgressTable progress;
  private final TerminalWatch watch;
  private final String again;
  private final AtomicBoolean stopped = new AtomicBoolean();

  /**
   * A run.
   *
   * @param again command line that goes on from here
   */
  LocalRun(
      LocalCluster cluster,
      OutputFolder output,
      RunPlaces places,
      ProgressTable progress,
      TerminalWatch watch,
      String again) {
    this.cluster = cluster;
    this.output = output;
    this.places = places;
    this.progress = progress;
    this.watch = watch;
    this.again = again;
  }

  /**
   * What was asked for as it ended; or as it is, where nothing can go on without a person.
   *
   * @return trainings and sweeps, not the sweeps' trials
   */
  List<CustomResource<?, ?>> toTheEnd(List<Request> requests, boolean logs)
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

  private List<CustomResource<?, ?>> watch(List<Request> requests, boolean logs)
      throws IOException, InterruptedException {
    requests.forEach(this::submit);
    progress.say("live, in a browser: " + cluster.operator().page());
    var follower =
        new LogFollower(
            output.folder().resolve("logs"),
            logs ? line -> true : LogFollower.WARNINGS,
            progress::say);
    List<CustomResource<?, ?>> now = look(List.of());
    var news = new FailureNews(trainings(now));
    var searches = new SearchNews();
    while (!stopped.get() && !isSettled(now) && !isStuck(now)) {
      show(now);
      Thread.sleep(LOOK_MILLISECONDS);
      follower.follow();
      now = look(now);
      news.of(trainings(now)).forEach(progress::say);
      searches.of(sweeps(now)).forEach(progress::say);
    }
    List<CustomResource<?, ?>> asked = now.stream().filter(LocalRun::isAskedFor).toList();
    if (stopped.get()) {
      return asked;
    }
    show(now);
    cluster.node().refusals().forEach((pod, why) -> progress.say(pod + " can't start: " + why));
    // from here Ctrl-C finds nothing left to save
    stop(() -> {});
    return asked;
  }

  private void show(List<CustomResource<?, ?>> resources) {
    Instant now = Instant.now();
    watch.size(now).ifPresent(progress::resize);
    progress.show(TrainingRows.of(trainings(resources), sweeps(resources), now), now);
  }

  private void submit(Request request) {
    if (!request.known()) {
      cluster.client().resource(request.resource()).create();
      return;
    }
    cluster.api().restore(request.resource());
    if (request.resource() instanceof FusionSweep sweep) {
      output.trialsOf(sweep).forEach(cluster.api()::restore);
    }
  }

  /** Trainings, trials too, and sweeps now; those that changed since are stored. */
  private List<CustomResource<?, ?>> look(List<CustomResource<?, ?>> before) {
    Map<String, String> versions =
        before.stream()
            .collect(
                Collectors.toMap(LocalRun::key, known -> known.getMetadata().getResourceVersion()));
    List<CustomResource<?, ?>> now = new ArrayList<>(cluster.trainings());
    now.addAll(cluster.sweeps());
    now.sort(Comparator.comparing(resource -> resource.getMetadata().getName()));
    for (CustomResource<?, ?> resource : now) {
      if (!resource.getMetadata().getResourceVersion().equals(versions.get(key(resource)))) {
        output.store(resource);
        if (resource instanceof FusionSweep sweep) {
          storeReport(sweep);
        } else if (resource instanceof FusionTraining training && isAskedFor(training)) {
          places.link(training);
        }
      }
    }
    return now;
  }

  private void storeReport(FusionSweep sweep) {
    FusionSweepStatus.Report report = sweep.getStatus() == null ? null : sweep.getStatus().report();
    if (report == null || report.configMap() == null) {
      return;
    }
    ConfigMap map =
        cluster
            .client()
            .configMaps()
            .inNamespace(sweep.getMetadata().getNamespace())
            .withName(report.configMap())
            .get();
    if (map != null) {
      output.storeReport(sweep, map.getData());
    }
  }

  private static String key(CustomResource<?, ?> resource) {
    return resource.getKind() + "/" + resource.getMetadata().getName();
  }

  private static List<FusionTraining> trainings(List<CustomResource<?, ?>> resources) {
    return resources.stream()
        .filter(FusionTraining.class::isInstance)
        .map(FusionTraining.class::cast)
        .toList();
  }

  private static List<FusionSweep> sweeps(List<CustomResource<?, ?>> resources) {
    return resources.stream()
        .filter(FusionSweep.class::isInstance)
        .map(FusionSweep.class::cast)
        .toList();
  }

  private static boolean isAskedFor(CustomResource<?, ?> resource) {
    return resource.getMetadata().getOwnerReferences().isEmpty();
  }

  private static boolean isSettled(List<CustomResource<?, ?>> resources) {
    return resources.stream()
        .filter(LocalRun::isAskedFor)
        .allMatch(resource -> LifecycleState.of(resource) != LifecycleState.OPEN);
  }

  /** Whether every training that has not ended waits for something only a person can give. */
  private boolean isStuck(List<CustomResource<?, ?>> resources) {
    var refusals = cluster.node().refusals();
    return !refusals.isEmpty()
        && trainings(resources).stream()
            .filter(training -> !LifecycleState.of(training).isOver())
            .allMatch(training -> isRefused(training, refusals));
  }

  private static boolean isRefused(FusionTraining training, Map<String, String> refusals) {
    String job =
        Optional.ofNullable(training.getStatus()).map(status -> status.jobName()).orElse(null);
    return job != null && refusals.keySet().stream().anyMatch(pod -> pod.startsWith(job + "-"));
  }

  /** Ctrl-C or SIGTERM. */
  private void interrupted() {
    if (stopped.get()) {
      return;
    }
    progress.end();
    progress.say(
        "stopping: the trainers finish their step, save a checkpoint and end; Ctrl-C again ends"
            + " them at once");
    Set<String> trained = cluster.node().processes().keySet();
    Map<String, String> kept = new HashMap<>();
    stop(
        () -> {
          kept.putAll(kept());
          tellKept(trained, kept);
        });
    progress.say(
        (kept.isEmpty() ? "stopped; to begin anew: " : "stopped; to go on from there: ") + again);
  }

  /** The newest checkpoint of each training that has one in its run's folder, by its name. */
  private Map<String, String> kept() {
    Map<String, String> kept = new HashMap<>();
    for (FusionTraining training : cluster.trainings()) {
      KeptWork.newest(training, cluster.claims())
          .ifPresent(checkpoint -> kept.put(training.getMetadata().getName(), checkpoint));
    }
    return kept;
  }

  private void tellKept(Set<String> names, Map<String, String> kept) {
    for (Pod pod : cluster.client().pods().inAnyNamespace().list().getItems()) {
      if (names.contains(pod.getMetadata().getName())) {
        Optional<String> checkpoint = Optional.ofNullable(kept.get(StoppedTrainer.training(pod)));
        progress.say(StoppedTrainer.tell(pod, checkpoint));
      }
    }
  }

  /**
   * Stops all.
   *
   * @param told when the trainers have ended and the API still answers
   */
  private void stop(Runnable told) {
    if (stopped.compareAndSet(false, true)) {
      cluster.stopTrainers();
      look(List.of());
      told.run();
      cluster.close();
    }
  }
}
