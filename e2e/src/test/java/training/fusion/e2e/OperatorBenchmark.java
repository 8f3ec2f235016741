package training.fusion.e2e;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import training.fusion.api.resource.FusionTraining;

/**
 * What the operator costs beside bare Jobs, in turns on one control plane: {@code benchmarks/run
 * operator}. Every pod succeeds at once. Times end with a watch event's arrival in this process,
 * whichever the contestant.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@EnabledIfSystemProperty(named = "benchmark.items", matches = "[0-9]+(,[0-9]+)*")
class OperatorBenchmark {
  private static final String AT_ONCE = "0s";
  private static final String JOB_CONTROLLER = "system:serviceaccount:kube-system:job-controller";

  private final ControlPlane controlPlane;
  private final KubernetesClient client;

  OperatorBenchmark(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    client = controlPlane.client();
  }

  @Test
  void table() throws IOException {
    System.out.println(
        "| what, items, round | create → Job, ms | all Jobs, s | pod Succeeded → Complete, ms"
            + " | Job Complete → training Complete, ms | all Complete, s | requests per item"
            + " | peak MiB | CPU, s | ready, s | SIGKILL → first Job, s |");
    System.out.println("|" + " --- |".repeat(11));
    String only = System.getProperty("benchmark.only", "");
    for (String items : System.getProperty("benchmark.items").split(",", -1)) {
      for (int round = 1; round <= Integer.getInteger("benchmark.rounds", 1); round++) {
        int count = Integer.parseInt(items);
        if (!only.equals("jobs")) {
          trainings(count, "ours, %d, %d".formatted(count, round));
        }
        if (!only.equals("ours")) {
          jobs(count, "bare Jobs, %d, %d".formatted(count, round));
        }
      }
    }
  }

  private void trainings(int count, String title) throws IOException {
    var seen = new ItemsSeen();
    var trainings = new Trainings(controlPlane, "benchmark");
    String agent = "operator-of-" + trainings.namespace;
    Instant start = Instant.now();
    try (var operator =
            new ShippedOperator(
                controlPlane, trainings.namespace, List.of("kubernetes.user.agent=" + agent));
        var jobs = jobs(trainings.namespace, seen, Trainings::nameIn);
        var pods = pods(trainings.namespace, seen, Trainings::nameIn);
        var all =
            client
                .resources(FusionTraining.class)
                .inNamespace(trainings.namespace)
                .inform(Arrivals.ofTrainings(new ConcurrentHashMap<>(), seen.ended()))) {
      assertThat(eventually(() -> isReady(operator), is -> is)).as("operator ready").isTrue();
      double ready = secondsSince(start);
      seen.create(count, name -> create(trainings, name));
      seen.await(seen.ended());
      trainings
          .all()
          .forEach(it -> Trainings.assertResult(it.getMetadata().getName(), it.getStatus()));
      double processor = operator.processorTime().toMillis() / 1000.0;
      long peak = operator.peakResidentBytes() >> 20;
      operator.kill();
      String requests = requests(agent, "/userAgent", count);
      create(trainings, "after-the-kill");
      Instant again = Instant.now();
      operator.startAgain();
      boolean handled = eventually(() -> seen.job().containsKey("after-the-kill"), is -> is);
      assertThat(handled).as("Job made after the kill").isTrue();
      print(
          title,
          seen,
          Waits.between(seen.jobComplete(), seen.ended()).toString(),
          requests,
          String.format(
              Locale.ROOT, "%d | %.1f | %.1f | %.1f", peak, processor, ready, secondsSince(again)));
    } finally {
      clear(trainings.namespace);
    }
  }

  private void jobs(int count, String title) {
    var seen = new ItemsSeen();
    String namespace = controlPlane.newNamespace("benchmark");
    Function<Pod, String> ofJob =
        pod -> pod.getMetadata().getLabels().get("batch.kubernetes.io/job-name");
    try (var jobs = jobs(namespace, seen, job -> job.getMetadata().getName());
        var pods = pods(namespace, seen, ofJob)) {
      seen.create(count, name -> client.resource(job(namespace, name)).create());
      seen.await(seen.jobComplete());
      seen.ended().putAll(seen.jobComplete());
      print(title, seen, "", requests(namespace, "/user/username", count), " | | | ");
    } finally {
      clear(namespace);
    }
  }

  /** Waits until all in it is gone, so that the next contestant does not pay for it. */
  private void clear(String namespace) {
    client.namespaces().withName(namespace).delete();
    client.namespaces().withName(namespace).waitUntilCondition(Objects::isNull, 10, MINUTES);
  }

  private static void create(Trainings trainings, String name) {
    trainings.create(name, AT_ONCE, spec -> spec.withObject("/pod/gpu").put("count", 1));
  }

  private static Job job(String namespace, String name) {
    return new JobBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .withNewSpec()
        .withNewTemplate()
        .withNewMetadata()
        .addToAnnotations(Trainings.RUN_FOR, AT_ONCE)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .addNewContainer()
        .withName("main")
        .withImage("example.test/main:1")
        .withNewResources()
        .addToLimits("nvidia.com/gpu", new Quantity("1"))
        .endResources()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private SharedIndexInformer<Job> jobs(
      String namespace, ItemsSeen seen, Function<Job, String> item) {
    return client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .inform(Arrivals.ofJobs(seen.job(), seen.jobComplete(), item));
  }

  private SharedIndexInformer<Pod> pods(
      String namespace, ItemsSeen seen, Function<Pod, String> item) {
    return client
        .pods()
        .inNamespace(namespace)
        .inform(
            new Arrivals<>(
                new ConcurrentHashMap<>(),
                seen.podSucceeded(),
                item,
                pod -> "Succeeded".equals(pod.getStatus().getPhase())));
  }

  /** By the operator with this agent, or by the Job controller in this namespace. */
  private String requests(String word, String field, int count) {
    String who = field.equals("/userAgent") ? word : JOB_CONTROLLER;
    Map<String, Long> verbs =
        controlPlane
            .auditLog()
            .requests(word, event -> who.equals(event.at(field).asText()))
            .stream()
            .collect(groupingBy(e -> e.path("verb").asText(), TreeMap::new, counting()));
    long all = verbs.values().stream().mapToLong(Long::longValue).sum();
    return String.format(Locale.ROOT, "%.2f: ", all / (double) count)
        + verbs.entrySet().stream()
            .map(
                e ->
                    String.format(
                        Locale.ROOT, "%s %.2f", e.getKey(), e.getValue() / (double) count))
            .collect(joining(", "));
  }

  private static void print(
      String title, ItemsSeen seen, String reaction, String requests, String process) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.2f | %s | %s | %.2f | %s | %s |%n",
        title,
        Waits.between(seen.asked(), seen.job()),
        seen.secondsUntil(seen.job()),
        Waits.between(seen.podSucceeded(), seen.ended()),
        reaction,
        seen.secondsUntil(seen.ended()),
        requests,
        process);
  }

  private static boolean isReady(ShippedOperator operator) {
    try {
      var connection =
          (HttpURLConnection)
              operator.address().resolve("/q/health/ready").toURL().openConnection();
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false; // it does not listen yet
    }
  }

  private static double secondsSince(Instant start) {
    return Duration.between(start, Instant.now()).toMillis() / 1000.0;
  }
}
