package training.fusion.e2e.benchmark;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import training.fusion.api.resource.FusionTraining;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Eventually;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/**
 * Many trainings at once beside many foreign pods: by hand, with {@code -Dtest=ScaleCampaign
 * -Dcampaign.trainings=1000 -Dcampaign.foreign-pods=10000 -Dcluster.nodes=40}. What was seen is
 * printed. Times are of watch events' arrival in this process.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("Many trainings at once, beside many foreign pods")
@EnabledIfSystemProperty(named = "campaign.trainings", matches = "[0-9]+")
class ScaleCampaign {
  private static final int TRAININGS = Integer.getInteger("campaign.trainings", 0);
  private static final int FOREIGN_PODS = Integer.getInteger("campaign.foreign-pods", 0);
  private static final Duration LONGEST = Duration.ofMinutes(20);
  private static final String OPERATOR = "operator-of-the-scale-campaign";

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final Map<String, Instant> trainingSeen = new ConcurrentHashMap<>();
  private final Map<String, Instant> jobSeen = new ConcurrentHashMap<>();
  private final Map<String, Instant> jobComplete = new ConcurrentHashMap<>();
  private final Map<String, Instant> podSucceeded = new ConcurrentHashMap<>();
  private final Map<String, Instant> trainingEnded = new ConcurrentHashMap<>();

  ScaleCampaign(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "scale");
  }

  @Test
  @DisplayName("all end with the right result, none twice, and nothing but them costs the operator")
  void scale() throws IOException {
    try (var foreign = new ForeignPods(controlPlane, FOREIGN_PODS);
        var operator =
            new ShippedOperator(
                controlPlane, trainings.namespace, List.of("kubernetes.user.agent=" + OPERATOR));
        var jobs =
            controlPlane
                .client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(trainings.namespace)
                .inform(ArrivalTimes.ofJobs(jobSeen, jobComplete, Trainings::nameIn));
        var pods =
            controlPlane
                .client()
                .pods()
                .inNamespace(trainings.namespace)
                .inform(
                    ArrivalTimes.ofPods(
                        new ConcurrentHashMap<>(), podSucceeded, Trainings::nameIn));
        var all =
            controlPlane
                .client()
                .resources(FusionTraining.class)
                .inNamespace(trainings.namespace)
                .inform(ArrivalTimes.ofTrainings(trainingSeen, trainingEnded))) {
      trainings.create("first", "200ms");
      trainings.succeeded("first");
      System.out.printf("ready, beside %d foreign pods: %s%n", FOREIGN_PODS, memory(operator));

      Instant start = Instant.now();
      ForeignPods.inParallel(TRAININGS, i -> trainings.create("training-" + i, "200ms"));
      System.out.printf("%d trainings made in %s s%n", TRAININGS, seconds(start));
      while (trainingEnded.size() < TRAININGS + 1 && start.plus(LONGEST).isAfter(Instant.now())) {
        Eventually.eventually(trainingEnded::size, size -> size == TRAININGS + 1);
      }
      System.out.printf("%d of them ended after %s s%n", trainingEnded.size() - 1, seconds(start));
      System.out.printf("operator: %s%n", memory(operator));
    }
    print("create → Job", trainingSeen, jobSeen);
    print("pod succeeded → training complete", podSucceeded, trainingEnded);
    print("Job complete → training complete", jobComplete, trainingEnded);
    printRequests();
    judge();
    trainings.close();
  }

  private void judge() {
    Map<String, List<String>> jobs = trainings.everMade("jobs");
    Map<String, List<String>> pods = trainings.everMade("pods");
    Map<String, FusionTraining> now =
        trainings.all().stream().collect(toMap(t -> t.getMetadata().getName(), t -> t));
    assertThat(now).hasSize(TRAININGS + 1);
    now.forEach((name, training) -> Trainings.assertResult(name, training.getStatus()));
    now.keySet().forEach(name -> assertThat(jobs.get(name)).as("Jobs of " + name).hasSize(1));
    now.keySet().forEach(name -> assertThat(pods.get(name)).as("pods of " + name).hasSize(1));
  }

  private void printRequests() {
    Map<String, Long> requests =
        controlPlane
            .auditLog()
            .requests(OPERATOR, event -> event.path("userAgent").asText().startsWith(OPERATOR))
            .stream()
            .collect(
                groupingBy(
                    event ->
                        event.path("verb").asText()
                            + " "
                            + event.at("/objectRef/resource").asText()
                            + "/"
                            + event.at("/objectRef/subresource").asText()
                            + " "
                            + event.at("/responseStatus/code").asInt(),
                    TreeMap::new,
                    counting()));
    requests.forEach(
        (request, count) ->
            System.out.printf(
                Locale.ROOT,
                "%s: %d, %.2f per training%n",
                request,
                count,
                count / (double) (TRAININGS + 1)));
  }

  private static void print(String what, Map<String, Instant> from, Map<String, Instant> to) {
    WaitingTimes waits = WaitingTimes.between(from, to);
    System.out.printf(
        "%s, ms: p50 / p99 %s, most %d; of %d%n",
        what, waits, waits.percentile(100), waits.milliseconds().size());
  }

  /** Resident now and at most. */
  private static String memory(ShippedOperator operator) throws IOException {
    return "%d MiB resident, %d MiB at most"
        .formatted(
            operator.figures().residentBytes() >> 20, operator.figures().peakResidentBytes() >> 20);
  }

  private static String seconds(Instant start) {
    return String.format(
        Locale.ROOT, "%.1f", Duration.between(start, Instant.now()).toMillis() / 1000.0);
  }
}
