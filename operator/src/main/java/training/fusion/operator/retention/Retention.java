package training.fusion.operator.retention;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.configuration.OperatorConfiguration;
import training.fusion.operator.informer.Namespaces;
import training.fusion.operator.leadership.Leadership;
import training.fusion.operator.resource.Deletion;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.watch.TrainingInformers;

/**
 * Deletes trainings and sweeps some time after their end, if the configuration says after which; a
 * sweep's trials, rows and report go with it. What is asked of the API server is little: trainings
 * are seen in the cache, sweeps are listed, and each is deleted only as it was seen.
 */
@Singleton
public class Retention {
  private static final Logger LOG = Logger.getLogger(Retention.class);
  private static final String API = "/apis/fusion.training/v1alpha1";
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /** Between two looks an object outlives its time by a tenth of it at most. */
  private static final int LOOKS = 10;

  private final OperatorConfiguration configuration;
  private final TrainingInformers watched;
  private final Namespaces namespaces;
  private final KubernetesClient client;
  private final Leadership leadership;
  private final InstantSource clock;
  private @Nullable ScheduledExecutorService timer;

  Retention(
      OperatorConfiguration configuration,
      TrainingInformers watched,
      Namespaces namespaces,
      KubernetesClient client,
      Leadership leadership,
      InstantSource clock) {
    this.configuration = configuration;
    this.watched = watched;
    this.namespaces = namespaces;
    this.client = client;
    this.leadership = leadership;
    this.clock = clock;
  }

  void start(@Observes StartupEvent event) {
    configuration
        .retention()
        .after()
        .ifPresent(
            after -> {
              timer =
                  Executors.newSingleThreadScheduledExecutor(
                      task -> {
                        var thread = new Thread(task, "retention");
                        thread.setDaemon(true);
                        return thread;
                      });
              long pause = pause(after).toMillis();
              var unused =
                  timer.scheduleWithFixedDelay(
                      () -> look(after), pause, pause, TimeUnit.MILLISECONDS);
            });
  }

  @PreDestroy
  void end() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  private static Duration pause(Duration after) {
    Duration pause = after.dividedBy(LOOKS);
    return pause.compareTo(LONGEST_PAUSE) > 0
        ? LONGEST_PAUSE
        : pause.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : pause;
  }

  private void look(Duration after) {
    try {
      if (!configuration.leaderElection().enabled() || leadership.holds()) {
        delete(clock.instant().minus(after));
      }
    } catch (RuntimeException e) { // or the timer would end
      LOG.warnf("what has ended long ago could not be deleted, and is asked for again: %s", e);
    }
  }

  /** Deletes what had ended before this time. */
  void delete(Instant time) {
    Set<String> running =
        watched.trainings().stream()
            .filter(training -> !Ended.isOver(watched.observe(training)))
            .flatMap(training -> Ended.controllers(training).stream())
            .collect(Collectors.toUnmodifiableSet());
    Predicate<FusionSweep> mayGo =
        sweep -> Ended.before(sweep, time) && !running.contains(sweep.getMetadata().getUid());
    namespaces.watched().forEach(namespace -> deleteSweeps(namespace, mayGo));
    watched.trainings().stream()
        .filter(training -> Ended.before(watched.observe(training), time))
        .forEach(training -> delete("fusiontrainings", training));
  }

  private void deleteSweeps(String namespace, Predicate<FusionSweep> mayGo) {
    ListOptions page = new ListOptionsBuilder().withLimit(TrainingInformers.LIST_LIMIT).build();
    var all = client.resources(FusionSweep.class);
    do {
      var listed =
          namespace.equals(Constants.WATCH_ALL_NAMESPACES)
              ? all.inAnyNamespace().list(page)
              : all.inNamespace(namespace).list(page);
      listed.getItems().stream().filter(mayGo).forEach(sweep -> delete("fusionsweeps", sweep));
      page.setContinue(listed.getMetadata().getContinue());
    } while (page.getContinue() != null && !page.getContinue().isEmpty());
  }

  private void delete(String plural, HasMetadata ended) {
    String name = ended.getMetadata().getNamespace() + "/" + ended.getMetadata().getName();
    try {
      if (Deletion.unchanged(client, API, plural, ended)) {
        LOG.infof("%s %s has ended long ago and is deleted", ended.getKind(), name);
      }
    } catch (KubernetesClientException e) {
      if (!StatusSubresource.isConflict(e)) { // it has changed: the next look sees how
        LOG.warnf("%s %s should be deleted, since it has ended: %s", ended.getKind(), name, e);
      }
    }
  }
}
