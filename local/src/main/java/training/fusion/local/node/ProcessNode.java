package training.fusion.local.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.local.worker.Worker;

/** This machine as a node: each pod is a process, and its status what the kubelet would write. */
public final class ProcessNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessNode.class);
  private static final long DEFAULT_GRACE_SECONDS = 30;
  private static final long TOKEN_MINUTES = 10;
  private static final Duration LAST_WORK = Duration.ofSeconds(5);

  private record Running(Pod pod, PodProcess process, CompletableFuture<Void> reported) {}

  private final KubernetesClient client;
  private final NodeSettings settings;
  private final Scheduler scheduler;
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();
  private final ScheduledExecutorService worker = new Worker("node");
  private final SharedIndexInformer<Pod> informer;
  private volatile boolean closing;

  /** Starts taking pods. */
  public ProcessNode(KubernetesClient client, NodeSettings settings) {
    this.client = client;
    this.settings = settings;
    scheduler = new Scheduler(settings.claims(), settings.cores(), settings.gpus());
    var unused =
        worker.scheduleWithFixedDelay(
            this::renewTokens, TOKEN_MINUTES, TOKEN_MINUTES, TimeUnit.MINUTES);
    informer = client.pods().inAnyNamespace().inform(handler());
  }

  /** Why pods can't start here before somebody does something, by the pod's name. */
  public Map<String, String> refusals() {
    return Map.copyOf(refused);
  }

  /** Process ids of running pods, by the pod's name. */
  public Map<String, Long> processes() {
    var processes = new ConcurrentHashMap<String, Long>();
    running.values().forEach(r -> processes.put(r.pod().getMetadata().getName(), r.process().id()));
    return processes;
  }

  private ResourceEventHandler<Pod> handler() {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(Pod added) {
        look(added);
      }

      @Override
      public void onUpdate(Pod before, Pod now) {
        look(now);
      }

      @Override
      public void onDelete(Pod deleted, boolean unknown) {
        submit(() -> forget(deleted));
      }
    };
  }

  private void look(Pod seen) {
    submit(
        () -> {
          Pod pod = resource(seen).get();
          if (pod != null && pod.getMetadata().getUid().equals(seen.getMetadata().getUid())) {
            sync(pod);
          }
        });
  }

  private void submit(Runnable task) {
    try {
      worker.execute(
          () -> {
            try {
              task.run();
            } catch (RuntimeException e) {
              LOG.warn("the node could not do its work", e);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the node is closing");
    }
  }

  private void sync(Pod pod) {
    if (hasEnded(pod)) {
      return;
    }
    Running here = running.get(pod.getMetadata().getUid());
    boolean mine = settings.name().equals(pod.getSpec().getNodeName());
    if (pod.isMarkedForDeletion()) {
      if (here != null) {
        here.process().stop(grace(pod));
      } else if (mine || settings.schedules()) {
        write(pod, PodStatuses.neverRan());
        remove(pod);
      }
    } else if (mine && here == null) {
      start(pod);
    } else if (settings.schedules() && pod.getSpec().getNodeName() == null) {
      schedule(pod);
    }
  }

  private void schedule(Pod pod) {
    var refusal = scheduler.refusal(pod, running.values().stream().map(Running::pod).toList());
    String name = pod.getMetadata().getName();
    if (refusal.isPresent()) {
      if (refusal.get().forEver()) {
        refused.put(name, refusal.get().message());
      }
      write(pod, PodStatuses.unschedulable(pod, refusal.get().message()));
      return;
    }
    refused.remove(name);
    Pod bound =
        resource(pod)
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                Serialization.asJson(Map.of("spec", Map.of("nodeName", settings.name()))));
    start(bound);
  }

  private void start(Pod pod) {
    if (closing) {
      return;
    }
    String uid = pod.getMetadata().getUid();
    try {
      PodFolders folders =
          PodFolders.make(pod, settings.pods().resolve(uid), settings.claims(), settings.tokens());
      PodProcess process =
          PodProcess.start(
              pod,
              folders,
              settings.program().command(scheduler.processors(pod), grace(pod)),
              settings.environment(),
              settings.logs().resolve(pod.getMetadata().getName() + ".log"));
      // its end is handled after this start: both on the node's one thread
      var reported = process.onExit().thenAccept(code -> submit(() -> ended(pod, process, code)));
      running.put(uid, new Running(pod, process, reported));
      if (closing) { // whoever closes may have looked before it was among the running
        process.stop(grace(pod));
      }
      write(pod, PodStatuses.running(pod, process.startedAt()));
    } catch (IOException | Claims.NoSuchFolder | PodProcess.NotHere e) {
      String message = Objects.requireNonNullElse(e.getMessage(), e.toString());
      refused.put(pod.getMetadata().getName(), message);
      write(pod, PodStatuses.waiting(pod, "CreateContainerError", message));
    }
  }

  private void ended(Pod started, PodProcess process, int exitCode) {
    try {
      Pod pod = resource(started).get();
      if (pod != null) {
        write(
            pod,
            PodStatuses.ended(
                pod, exitCode, process.terminationMessage(), process.startedAt(), Instant.now()));
        if (pod.isMarkedForDeletion()) {
          remove(pod);
        }
      }
    } catch (KubernetesClientException e) {
      LOG.warn("the end of {} is written again: {}", started.getMetadata().getName(), e.toString());
      var unused =
          worker.schedule(
              () -> submit(() -> ended(started, process, exitCode)), 1, TimeUnit.SECONDS);
      return;
    }
    // not before its end is written: a pod neither running nor ended would be started again
    running.remove(started.getMetadata().getUid());
    clear(process.folders().own());
    if (settings.schedules()) {
      // others may have waited for these cores
      informer.getStore().list().forEach(this::look);
    }
  }

  private void forget(Pod deleted) {
    refused.remove(deleted.getMetadata().getName());
    Running here = running.get(deleted.getMetadata().getUid());
    if (here != null) {
      here.process().stop(grace(deleted));
    }
  }

  /** The kubelet's last word on a deleted pod. */
  private void remove(Pod pod) {
    resource(pod).withGracePeriod(0).delete();
  }

  private void write(Pod pod, PodStatus status) {
    if (resource(pod).get() == null || status.equals(pod.getStatus())) {
      return;
    }
    resource(pod)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
  }

  private PodResource resource(Pod pod) {
    return client
        .pods()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName());
  }

  private void renewTokens() {
    for (Running here : running.values()) {
      try {
        here.process().folders().writeTokens(here.pod(), settings.tokens());
      } catch (IOException e) {
        LOG.warn("{}: its token could not be renewed: {}", here.pod().getMetadata().getName(), e);
      }
    }
  }

  private static boolean hasEnded(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private static Duration grace(Pod pod) {
    return Duration.ofSeconds(
        Objects.requireNonNullElse(
            pod.getSpec().getTerminationGracePeriodSeconds(), DEFAULT_GRACE_SECONDS));
  }

  private static void clear(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.warn("{} could not be cleared: {}", folder, e.toString());
    }
  }

  /** SIGTERM for every pod, then waits until all have saved and ended, at most their grace. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    running.values().forEach(here -> here.process().stop(grace(here.pod())));
    // a pod that the node's thread is starting is among the running after this
    waitFor(CompletableFuture.runAsync(() -> {}, worker), LAST_WORK);
    for (Running here : List.copyOf(running.values())) {
      waitFor(here.reported(), grace(here.pod()).plus(LAST_WORK));
    }
    informer.close();
    // ends after the last statuses have been written
    worker.shutdown();
    try {
      if (!worker.awaitTermination(LAST_WORK.toSeconds(), TimeUnit.SECONDS)) {
        worker.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void waitFor(CompletableFuture<Void> exit, Duration longest) {
    try {
      exit.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("not ended in time: {}", e.toString());
    }
  }
}
