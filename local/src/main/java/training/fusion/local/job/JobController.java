package training.fusion.local.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.local.worker.Worker;

/**
 * The part of Kubernetes' Job controller that a training's Job needs: one pod at a time, the next
 * one when the one before has ended ({@code podReplacementPolicy: Failed}), {@code backoffLimit},
 * {@code podFailurePolicy}, {@code activeDeadlineSeconds}, {@code suspend}. Completions and
 * parallelism are 1.
 */
public final class JobController implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobController.class);
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(6);
  private static final int DEFAULT_BACKOFF_LIMIT = 6;
  private static final int MOST_DOUBLINGS = 20;

  private final KubernetesClient client;
  private final JobPods pods;
  private final Duration delay;
  private final ScheduledExecutorService worker = new Worker("job-controller");
  private final Map<String, ScheduledFuture<?>> wakeUps = new HashMap<>();

  /**
   * Uids of pods whose end is in their Job's status, whether or not their finalizer is gone yet.
   */
  private final Set<String> counted = new HashSet<>();

  private final List<SharedIndexInformer<?>> informers;

  /**
   * Starts one.
   *
   * @param delay before the first pod that follows a failed one; doubles with each further failure
   */
  public JobController(KubernetesClient client, Duration delay) {
    this.client = client;
    this.delay = delay;
    pods = new JobPods(client, RandomGenerator.getDefault());
    informers =
        List.of(
            client
                .batch()
                .v1()
                .jobs()
                .inAnyNamespace()
                .inform(handler(job -> job.getMetadata().getName())),
            client.pods().inAnyNamespace().inform(handler(JobController::jobName)));
  }

  private static String jobName(Pod pod) {
    return pod.getMetadata().getOwnerReferences().stream()
        .filter(owner -> owner.getKind().equals("Job"))
        .map(OwnerReference::getName)
        .findFirst()
        .orElse("");
  }

  private <T extends HasMetadata> ResourceEventHandler<T> handler(Function<T, String> job) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T added) {
        wake(added);
      }

      @Override
      public void onUpdate(T before, T now) {
        wake(now);
      }

      @Override
      public void onDelete(T deleted, boolean unknown) {
        wake(deleted);
      }

      private void wake(T changed) {
        enqueue(changed.getMetadata().getNamespace(), job.apply(changed), Duration.ZERO);
      }
    };
  }

  /** One look at a Job soon enough; an earlier one that is due later is dropped. */
  private synchronized void enqueue(String namespace, String name, Duration after) {
    if (name.isEmpty() || worker.isShutdown()) {
      return;
    }
    String key = namespace + "/" + name;
    ScheduledFuture<?> waiting = wakeUps.get(key);
    if (waiting != null && waiting.getDelay(TimeUnit.MILLISECONDS) <= after.toMillis()) {
      return;
    }
    if (waiting != null) {
      waiting.cancel(false);
    }
    wakeUps.put(
        key, worker.schedule(() -> look(namespace, name), after.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void look(String namespace, String name) {
    synchronized (this) {
      wakeUps.remove(namespace + "/" + name);
    }
    try {
      Job job = client.batch().v1().jobs().inNamespace(namespace).withName(name).get();
      if (job != null) {
        reconcile(job);
      } else {
        pods.release(pods.orphans(namespace, name));
      }
    } catch (KubernetesClientException e) {
      // somebody else wrote it meanwhile, or it is gone: look again
      LOG.debug("Job {}/{}: {}", namespace, name, e.getMessage());
      enqueue(namespace, name, Duration.ofMillis(100));
    }
  }

  private void reconcile(Job job) {
    Instant now = Instant.now();
    List<Pod> all = pods.of(job);
    List<Pod> active = all.stream().filter(pod -> !JobPods.hasEnded(pod)).toList();
    List<Pod> ended =
        all.stream()
            .filter(JobPods::hasEnded)
            .filter(pod -> pod.hasFinalizer(JobPods.TRACKING))
            .toList();
    var progress = new JobProgress(job);
    if (progress.hasEnded() || job.isMarkedForDeletion()) {
      pods.release(ended);
      return;
    }
    List<Pod> uncounted =
        ended.stream().filter(pod -> !counted.contains(pod.getMetadata().getUid())).toList();
    boolean suspend = Boolean.TRUE.equals(job.getSpec().getSuspend());
    count(job, uncounted, suspend, progress, now);
    judge(job, progress, now);
    boolean doomed = progress.condition("FailureTarget").isPresent();
    boolean another = false;
    if (suspend) {
      progress.suspended(now);
    } else {
      progress.resumed(now);
      progress.started(now);
    }
    if (progress.succeeded() > 0) {
      progress.succeed(now);
    } else if (doomed) {
      if (active.isEmpty()) {
        progress.fail(now);
      }
    } else {
      another = !suspend && active.isEmpty();
    }
    int terminating = (int) active.stream().filter(Pod::isMarkedForDeletion).count();
    progress.pods(
        active.size() - terminating,
        (int) active.stream().filter(JobPods::isReady).count(),
        terminating);
    write(job, progress);
    uncounted.forEach(pod -> counted.add(pod.getMetadata().getUid()));
    pods.release(ended);
    if (suspend || doomed || progress.hasEnded()) {
      pods.delete(active);
    }
    if (another) {
      createInTime(job, all, progress.failed(), now);
    }
    deadline(job, progress)
        .ifPresent(end -> enqueue(job, Duration.between(now, end).plusMillis(1)));
  }

  private void count(
      Job job, List<Pod> ended, boolean suspended, JobProgress progress, Instant now) {
    for (Pod pod : ended) {
      if (JobPods.hasSucceeded(pod)) {
        progress.count(1, 0);
      } else if (!suspended) {
        FailureDecision decision = FailureDecision.of(job, pod);
        if (!(decision instanceof FailureDecision.Ignore)) {
          progress.count(0, 1);
        }
        if (decision instanceof FailureDecision.FailJob end) {
          progress.doom("PodFailurePolicy", end.message(), now);
        }
      }
    }
  }

  private static void judge(Job job, JobProgress progress, Instant now) {
    int limit = Objects.requireNonNullElse(job.getSpec().getBackoffLimit(), DEFAULT_BACKOFF_LIMIT);
    if (progress.succeeded() > 0) {
      return;
    }
    if (progress.failed() > limit) {
      progress.doom("BackoffLimitExceeded", "Job has reached the specified backoff limit", now);
    }
    if (deadline(job, progress).filter(end -> !now.isBefore(end)).isPresent()) {
      progress.doom("DeadlineExceeded", "Job was active longer than specified deadline", now);
    }
  }

  private static Optional<Instant> deadline(Job job, JobProgress progress) {
    Long seconds = job.getSpec().getActiveDeadlineSeconds();
    return seconds == null || progress.hasEnded()
        ? Optional.empty()
        : progress.startTime().map(start -> start.plusSeconds(seconds));
  }

  private void createInTime(Job job, List<Pod> all, int failures, Instant now) {
    Duration wait = Duration.ZERO;
    if (failures > 0) {
      Duration backoff = delay.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
      Instant due =
          all.stream()
              .filter(JobPods::hasFailed)
              .map(JobPods::endedAt)
              .max(Instant::compareTo)
              .orElse(Instant.MIN.plus(LONGEST_DELAY))
              .plus(backoff.compareTo(LONGEST_DELAY) < 0 ? backoff : LONGEST_DELAY);
      wait = due.isAfter(now) ? Duration.between(now, due) : Duration.ZERO;
    }
    if (wait.isZero()) {
      pods.create(job);
    } else {
      enqueue(job, wait);
    }
  }

  private void enqueue(Job job, Duration after) {
    enqueue(job.getMetadata().getNamespace(), job.getMetadata().getName(), after);
  }

  private void write(Job job, JobProgress progress) {
    if (!progress.hasChanged()) {
      return;
    }
    var status = Serialization.jsonMapper().valueToTree(progress.status());
    var body = Serialization.jsonMapper().createObjectNode();
    body.putObject("metadata").put("resourceVersion", job.getMetadata().getResourceVersion());
    // counts and times that are gone have to be taken away, not left as they were
    var patch = body.putObject("status");
    for (String name : List.of("active", "startTime")) {
      patch.putNull(name);
    }
    patch.setAll((ObjectNode) status);
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(job.getMetadata().getNamespace())
        .withName(job.getMetadata().getName())
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(body));
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
    worker.shutdownNow();
  }
}
