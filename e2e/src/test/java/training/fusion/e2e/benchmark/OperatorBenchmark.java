package training.fusion.e2e.benchmark;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import training.fusion.e2e.benchmark.BenchmarkTable.Figure;
import training.fusion.e2e.benchmark.BenchmarkTable.Round;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.ProcessFigures;
import training.fusion.e2e.cluster.Volumes;

/**
 * What the operator costs beside bare Jobs and beside Kubeflow Trainer, in turns on one control
 * plane: {@code benchmarks/run operator}. Every pod has the same two volumes and succeeds at once.
 * Times end with a watch event's arrival in this process, whichever the contestant.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@EnabledIfSystemProperty(named = "benchmark.items", matches = "[0-9]+(,[0-9]+)*")
class OperatorBenchmark {
  private static final String AFTER_THE_KILL = "after-the-kill";

  private final ControlPlane controlPlane;
  private final KubernetesClient client;

  OperatorBenchmark(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    client = controlPlane.client();
  }

  @Test
  void race() throws IOException {
    List<String> names =
        List.of(System.getProperty("benchmark.only", "jobs,ours,kubeflow").split(",", -1));
    for (String items : System.getProperty("benchmark.items").split(",", -1)) {
      var table = new BenchmarkTable(Integer.parseInt(items), names);
      for (int round = 1; round <= Integer.getInteger("benchmark.rounds", 1); round++) {
        for (String name : names) {
          table.add(name, round(contestant(name), table.items()));
        }
      }
      System.out.println(table);
    }
  }

  private BenchmarkSubject contestant(String name) throws IOException {
    return switch (name) {
      case "jobs" -> new BareJobs(controlPlane);
      case "ours" -> new OurOperator(controlPlane);
      case "kubeflow" -> new KubeflowTrainer(controlPlane);
      default -> throw new IllegalArgumentException("jobs, ours or kubeflow, not " + name);
    };
  }

  private Round round(BenchmarkSubject contestant, int items) throws IOException {
    var seen = new ItemTimes();
    var round = new Round();
    try (var jobs = watchJobs(contestant, seen);
        var pods = watchPods(contestant, seen);
        var ends = contestant.watchEnds(seen)) {
      if (contestant.controller().isPresent()) {
        var controller = contestant.controller().get();
        round.put(Figure.READY, start(controller));
        run(contestant, seen, items, round);
        round.put(
            Figure.JOB_TO_COMPLETE,
            Figure.JOB_TO_COMPLETE_99,
            WaitingTimes.between(seen.jobComplete(), seen.ended()));
        takes(controller.processes(), round);
        controller.kill();
        requests(contestant, items, round);
        round.put(Figure.RECOVERY, recovery(contestant, controller, seen));
      } else {
        run(contestant, seen, items, round);
        requests(contestant, items, round);
      }
      return round;
    } finally {
      clear(contestant.namespace()); // while they run: Kubeflow's runtimes have a finalizer
      contestant.controller().ifPresent(BenchmarkSubject.Controller::kill);
    }
  }

  private static double start(BenchmarkSubject.Controller controller) throws IOException {
    Instant start = Instant.now();
    controller.start();
    assertThat(eventually(controller::isReady, is -> is)).as("ready").isTrue();
    return secondsSince(start);
  }

  private void run(BenchmarkSubject contestant, ItemTimes seen, int items, Round round) {
    Volumes.awaitBound(controlPlane, contestant.namespace());
    seen.create(items, contestant::create);
    seen.await(seen.ended());
    round.put(
        Figure.CREATE_TO_JOB,
        Figure.CREATE_TO_JOB_99,
        WaitingTimes.between(seen.asked(), seen.job()));
    round.put(Figure.ALL_JOBS, seen.secondsUntil(seen.job()));
    round.put(
        Figure.POD_TO_COMPLETE,
        Figure.POD_TO_COMPLETE_99,
        WaitingTimes.between(seen.podSucceeded(), seen.ended()));
    round.put(Figure.ALL_COMPLETE, seen.secondsUntil(seen.ended()));
    round.put(Figure.EACH, 1000 * seen.secondsUntil(seen.ended()) / items);
  }

  private static void takes(List<ProcessFigures> processes, Round round) {
    long bytes = processes.stream().mapToLong(ProcessFigures::peakResidentBytes).sum();
    round.put(Figure.MEMORY, (double) (bytes >> 20));
    round.put(
        Figure.PROCESSOR,
        processes.stream().mapToLong(it -> it.processorTime().toMillis()).sum() / 1000.0);
  }

  /** Those of one namespace: what a controller lists and watches in all namespaces is not there. */
  private void requests(BenchmarkSubject contestant, int items, Round round) {
    Map<String, Long> verbs =
        controlPlane.auditLog().requests(contestant.namespace(), contestant::isRequest).stream()
            .collect(groupingBy(e -> e.path("verb").asText(), TreeMap::new, counting()));
    double all = verbs.values().stream().mapToLong(Long::longValue).sum();
    round.put(Figure.REQUESTS, all / items);
    round.note(
        verbs.entrySet().stream()
            .map(
                verb ->
                    String.format(
                        Locale.ROOT, "%s %.2f", verb.getKey(), verb.getValue() / (double) items))
            .collect(joining(", ", "requests per item: ", "")));
  }

  /** From its start after a kill until the Job of a new item is there, in seconds. */
  private static double recovery(
      BenchmarkSubject contestant, BenchmarkSubject.Controller controller, ItemTimes seen)
      throws IOException {
    Instant start = Instant.now();
    controller.start();
    eventually(() -> isAccepted(contestant), is -> is);
    boolean made = eventually(() -> seen.job().containsKey(AFTER_THE_KILL), is -> is);
    assertThat(made).as("Job made after the kill").isTrue();
    return secondsSince(start);
  }

  /** Kubeflow's webhooks refuse items for as long as they are not served. */
  private static boolean isAccepted(BenchmarkSubject contestant) {
    try {
      contestant.create(AFTER_THE_KILL);
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  /** Waits until all in it is gone, so that the next contestant does not pay for it. */
  private void clear(String namespace) {
    client.namespaces().withName(namespace).delete();
    client.namespaces().withName(namespace).waitUntilCondition(Objects::isNull, 1, HOURS);
  }

  private SharedIndexInformer<Job> watchJobs(BenchmarkSubject contestant, ItemTimes seen) {
    return client
        .batch()
        .v1()
        .jobs()
        .inNamespace(contestant.namespace())
        .inform(ArrivalTimes.ofJobs(seen.job(), seen.jobComplete(), contestant::itemOf));
  }

  private SharedIndexInformer<Pod> watchPods(BenchmarkSubject contestant, ItemTimes seen) {
    return client
        .pods()
        .inNamespace(contestant.namespace())
        .inform(
            ArrivalTimes.ofPods(
                new ConcurrentHashMap<>(), seen.podSucceeded(), contestant::itemOf));
  }

  private static double secondsSince(Instant start) {
    return Duration.between(start, Instant.now()).toMillis() / 1000.0;
  }
}
