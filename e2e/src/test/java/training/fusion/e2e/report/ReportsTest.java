package training.fusion.e2e.report;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.PodTokens;
import training.fusion.e2e.cluster.Probe;
import training.fusion.e2e.operator.ProgressPort;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/** Whoever posts whatever to whichever of two replicas: the status stays true. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@TestInstance(Lifecycle.PER_CLASS)
@DisplayName("Reports to two replicas")
class ReportsTest {
  /** As long as a suite may take; all of it: {@code -Dcampaign.seconds=60}. */
  /** Of a report with a true token: taken, or one too many of its pod in so short a time. */
  private static final Set<Integer> ANSWERS = Set.of(202, 429);

  private static final Duration FLOOD =
      Duration.ofSeconds(Integer.getInteger("campaign.seconds", 3));

  private static final int RATE = 1000;
  private static final int HALF_SENT = 5000;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long MEBIBYTE = 1 << 20;

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final PodTokens tokens;
  private List<ShippedOperator> replicas;
  private List<ProgressPort> ports;
  private int trainingsMade;
  private String training;
  private Pod pod;
  private String token;

  ReportsTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "reports");
    tokens = new PodTokens(controlPlane);
  }

  @BeforeAll
  void start() throws IOException {
    replicas = List.of(replica(), replica());
    ports = replicas.stream().map(ProgressPort::of).toList();
  }

  private ShippedOperator replica() throws IOException {
    return new ShippedOperator(
        controlPlane,
        trainings.namespace,
        List.of(
            "fusion.leader-election.enabled=true",
            "fusion.leader-election.lease-namespace=" + trainings.namespace,
            "fusion.progress.minimum-interval=0s")); // each report is written: more to go wrong
  }

  /** A training whose first report each replica has taken: both know its pod. */
  @BeforeEach
  void running() {
    training = "vision-" + ++trainingsMade + "-runs";
    trainings.create(training, "1h");
    pod = trainings.running(training);
    trainings.state(training, State.RUNNING);
    token = tokens.of(pod);
    for (int i = 0; i < ports.size(); i++) {
      ProgressPort port = ports.get(i);
      String report = ProgressPort.report(i + 1, i + 1);
      assertThat(eventually(() -> port.post(token, report).statusCode(), code -> code == 202))
          .isEqualTo(202);
    }
  }

  @AfterAll
  void end() {
    replicas.forEach(ShippedOperator::close);
    trainings.close();
  }

  @Test
  @DisplayName("are taken by each of them in turn, none lost, none reverted")
  void inTurn() {
    for (int sequence = 3; sequence <= 8; sequence++) {
      ProgressPort port = ports.get(sequence % 2);
      String report = ProgressPort.report(sequence, 10L * sequence);
      assertThat(eventually(() -> port.post(token, report).statusCode(), code -> code == 202))
          .isEqualTo(202);
      assertThat(progress().sequence()).isEqualTo(sequence);
    }
    for (ProgressPort port : ports) {
      assertRefused(409, "was taken", port.post(token, ProgressPort.report(8, 80)));
      assertRefused(409, "was taken", port.post(token, ProgressPort.report(4, 40)));
    }
    assertThat(progress().step()).isEqualTo(80);
  }

  @Test
  @DisplayName("count for the sender's own training, and with each of its tokens")
  void otherTraining() {
    String first = training;
    Progress before = progress();
    running();
    String second = training;
    assertThat(second).isNotEqualTo(first);

    String rotated = tokens.of(pod);
    assertThat(rotated).isNotEqualTo(token);
    assertThat(ports.get(0).post(rotated, ProgressPort.report(3, 70)).statusCode()).isEqualTo(202);
    assertThat(progress().step()).isEqualTo(70);
    assertThat(ports.get(1).post(token, ProgressPort.report(4, 71)).statusCode()).isEqualTo(202);

    assertThat(trainings.get(first).getStatus().progress()).isEqualTo(before);
  }

  @Test
  @DisplayName("with a token that proves nothing are refused")
  void unproved() throws Exception {
    Progress before = progress();
    String report = ProgressPort.report(100, 100);
    for (ProgressPort port : ports) {
      assertRefused(401, "signature", port.post(tokens.forged(pod), report));
      assertRefused(401, "expired", port.post(tokens.expired(pod), report));
      assertRefused(
          401,
          "another audience",
          port.post(tokens.of(pod, "https://kubernetes.default.svc", Duration.ofHours(1)), report));
      assertRefused(401, "not bound to a pod", port.post(tokens.unbound(pod), report));
      assertRefused(401, "no token", port.post("not.a.token", report));
      assertRefused(401, "signature", port.post(token.substring(0, token.length() - 6), report));
    }
    assertThat(progress()).isEqualTo(before);
  }

  @Test
  @DisplayName("of pods that are not the training's newest are refused")
  void otherPods() {
    Progress before = progress();
    String report = ProgressPort.report(100, 100);
    String stranger = tokens.of(pod("stranger", Map.of()));
    String impostor = tokens.of(pod("impostor", ourLabels()));
    trainings.patch(training, Map.of("spec", Map.of("suspend", true)));
    trainings.state(training, State.SUSPENDED);
    trainings.patch(training, Map.of("spec", Map.of("suspend", false)));
    Pod second = trainings.running(training, pod);

    for (ProgressPort port : ports) {
      assertRefused(403, "not known as a trainer's", port.post(stranger, report));
      assertThat(eventually(() -> port.post(impostor, report).statusCode(), code -> code == 409))
          .isEqualTo(409);
      assertRefused(403, "not known as a trainer's", port.post(token, report)); // its pod is gone
    }
    assertThat(progress()).isEqualTo(before);

    trainings.end(second, "succeeds");
    trainings.state(training, State.SUCCEEDED);
    var ended = trainings.get(training).getStatus();
    for (ProgressPort port : ports) {
      assertThat(port.post(tokens.of(second), report).statusCode()).isEqualTo(409);
    }
    assertThat(trainings.get(training).getStatus()).isEqualTo(ended);
  }

  @Test
  @DisplayName("that are none are refused in words that name the field")
  void malformed() {
    Progress before = progress();
    String good = ProgressPort.report(100, 100);
    for (ProgressPort port : ports) {
      assertRefused(400, "not JSON", port.post(token, good.substring(0, 30)));
      assertRefused(400, "not JSON", port.post(token, good.replace("512.5", "NaN")));
      assertRefused(400, "imagesPerSecond", port.post(token, good.replace("512.5", "\"NaN\"")));
      assertRefused(400, "imagesPerSecond", port.post(token, good.replace("512.5", "1e999")));
      assertRefused(400, "step", port.post(token, ProgressPort.report(100, 121)));
      assertRefused(415, "", port.post(token, good, "text/plain"));
    }
    assertThat(progress()).isEqualTo(before);
  }

  @Test
  @DisplayName("that are too long are answered before the connection ends, however long they are")
  void tooLong() {
    Progress before = progress();
    for (int length : List.of(16 << 10, 1 << 20, 12 << 20)) {
      for (int i = 0; i < 25; i++) {
        String report = ProgressPort.report(100, 100) + " ".repeat(length);
        assertRefused(413, "at most 16384 bytes", ports.get(i % 2).post(token, report));
      }
    }
    assertThat(progress()).isEqualTo(before);
  }

  @Test
  @DisplayName(
      "of ten thousand classes, as long as trainers make them, keep the whole status small")
  void tenThousandClasses() {
    String report = Serialization.asJson(ofTenThousandClasses());
    int sent = report.getBytes(StandardCharsets.UTF_8).length;
    assertThat(sent).isLessThan(ProgressReport.MAXIMUM_BYTES);
    assertThat(eventually(() -> ports.get(0).post(token, report).statusCode(), code -> code == 202))
        .isEqualTo(202);
    var status =
        eventually(
            () -> trainings.get(training).getStatus(), s -> s.classesWithoutPictures() != null);
    assertThat(status.classesWithoutPictures().train().count()).isEqualTo(9000);
    assertThat(status.progress().history()).hasSize(ProgressReport.MOST_EPOCHS);
    int running = Serialization.asJson(status).getBytes(StandardCharsets.UTF_8).length;
    assertThat(running).as("bytes while it runs").isLessThan(16 << 10);
    trainings.end(pod, "succeeds");
    trainings.state(training, State.SUCCEEDED);
    String ended = Serialization.asJson(trainings.get(training).getStatus());
    assertThat(ended.getBytes(StandardCharsets.UTF_8).length)
        .as("bytes when it has ended")
        .isLessThan(16 << 10);
    System.out.printf(
        "10,000 classes: a report of %d bytes, a status of %d bytes, of %d in the end%n",
        sent, running, ended.getBytes(StandardCharsets.UTF_8).length);
  }

  /** Numbers and names as a trainer rounds and cuts them; names of no letter below 3 bytes. */
  private static ProgressReport ofTenThousandClasses() {
    List<String> names =
        IntStream.range(0, ClassesWithoutPictures.MOST_NAMED)
            .mapToObj(i -> i + "猫".repeat(62))
            .toList();
    var listed = new ClassesWithoutPictures.Listed(9000, names);
    double number = 0.33333;
    var metrics = new Metrics(Metrics.Split.VALIDATION, 90, number, number, number, number, number);
    return new ProgressReport(
        RunConfiguration.CONTRACT_VERSION,
        50,
        90,
        100,
        110,
        120,
        number,
        86_400L,
        metrics,
        metrics,
        new SavedCheckpoint(90, 110, "checkpoint-90-110"),
        60L,
        IntStream.rangeClosed(1, ProgressReport.MOST_EPOCHS)
            .mapToObj(i -> new RunResult.HistoryPoint(2 * i, number, number, number, number))
            .toList(),
        new ClassesWithoutPictures(listed, listed, listed),
        null);
  }

  @Test
  @DisplayName("a thousand a second, of all kinds, are answered as designed, in the same memory")
  void flood() throws Exception {
    String foreign = tokens.of(pod("stranger-of-flood", Map.of()));
    var flood =
        new ReportFlood(ports, RATE)
            .with("true", token, sequence -> ProgressPort.report(100 + sequence, 100))
            .with("forged", tokens.forged(pod), sequence -> ProgressPort.report(sequence, 1))
            .with("expired", tokens.expired(pod), sequence -> ProgressPort.report(sequence, 1))
            .with("foreign", foreign, sequence -> ProgressPort.report(sequence, 1))
            .with("not JSON", token, sequence -> "{");
    flood.run(Duration.ofSeconds(1)); // what is loaded once is loaded
    List<Long> before = resident();

    ReportFlood.Answers answers = flood.run(FLOOD);

    List<Long> after = resident();
    System.out.printf("%s%nresident before %s MiB, after %s MiB%n", answers, before, after);
    // 409: one that came later was taken by the other replica
    assertThat(answers.of("true").keySet()).contains(202).isSubsetOf(Set.of(202, 409, 429));
    assertThat(answers.of("forged")).containsOnlyKeys(401);
    assertThat(answers.of("expired")).containsOnlyKeys(401);
    assertThat(answers.of("foreign").keySet()).isSubsetOf(Set.of(403, 429));
    assertThat(answers.of("not JSON").keySet()).contains(400).isSubsetOf(Set.of(400, 429));
    for (int i = 0; i < after.size(); i++) {
      assertThat(after.get(i) - before.get(i)).as("MiB more").isLessThan(32);
    }
    String last = ProgressPort.report(1_000_000, 110);
    assertThat(eventually(() -> ports.get(1).post(token, last).statusCode(), code -> code == 202))
        .isEqualTo(202);
    assertThat(progress().step()).isEqualTo(110);
    assertThat(trainings.get(training).getStatus().state()).isEqualTo(State.RUNNING);
  }

  @Test
  @DisplayName(
      "of which thousands are only begun take no memory, and others, probes and metrics go on")
  void halfSent() throws Exception {
    List<Long> before = resident();
    ProgressPort port = ports.get(0);
    try (var strangers = new HalfSentReports(port, token)) {
      var opening = CompletableFuture.runAsync(() -> strangers.begin(HALF_SENT));
      int whileOpening = 0;
      while (!opening.isDone()) {
        whileOpening += goOn(port, 1000 + whileOpening) ? 1 : 0;
      }
      opening.join();
      for (int i = 0; i < 20; i++) {
        assertThat(goOn(port, 100_000 + i)).as("the " + i + "th among half-sent reports").isTrue();
      }
      List<Long> after = resident();
      System.out.printf(
          "half-sent: %d begun, %d reports with probes and metrics meanwhile, then 20 of 20;"
              + " resident before %s MiB, after %s MiB%n",
          HALF_SENT, whileOpening, before, after);
      assertThat(after.get(0) - before.get(0)).as("MiB more").isLessThan(64);
    }
  }

  @Test
  @DisplayName(
      "are answered before their body where they prove nothing, and given up where it does not"
          + " come")
  void givenUp() throws IOException {
    try (var strangers = new HalfSentReports(ports.get(0), token)) {
      assertThat(strangers.answer(HalfSentReports.Kind.FORGED)).contains(" 401 ");
      assertThat(strangers.answer(HalfSentReports.Kind.CHUNKED)).contains(" 401 ");
      assertThat(strangers.answer(HalfSentReports.Kind.TRUE)).contains(" 408 ");
      assertThat(strangers.answer(HalfSentReports.Kind.TOO_LONG)).contains(" 413 ");
      assertThat(strangers.answer(HalfSentReports.Kind.LONG_HEADER)).contains(" 431 ");
    }
  }

  @Test
  @DisplayName("by methods and to paths that nobody knows leave nothing behind in the metrics")
  void strangeRequests() throws Exception {
    URI metrics = ports.get(0).address().resolve("/q/metrics");
    strange("SERIES0", "/series-0"); // what is loaded once is loaded
    int before = series(metrics);
    for (int i = 1; i <= 200; i++) {
      strange("SERIES" + i, "/series-" + i);
    }
    assertThat(series(metrics) - before).as("time series more").isLessThan(20);
  }

  private void strange(String method, String path) throws Exception {
    var request =
        HttpRequest.newBuilder(ports.get(0).address().resolve(path))
            .method(method, BodyPublishers.noBody())
            .build();
    assertThat(HTTP.send(request, BodyHandlers.discarding()).statusCode()).isBetween(400, 501);
  }

  private static int series(URI metrics) throws Exception {
    var request = HttpRequest.newBuilder(metrics).build();
    return HTTP.send(request, BodyHandlers.ofString()).body().split("\n").length;
  }

  @Test
  @DisplayName("are taken whatever the case of their scheme")
  void scheme() throws Exception {
    for (String scheme : List.of("bearer", "BEARER", "Bearer ")) {
      String report = ProgressPort.report(progress().sequence() + 1, 90);
      assertThat(ports.get(0).postAs(scheme + " " + token, report).statusCode())
          .as(scheme)
          .isEqualTo(202);
    }
    assertRefused(401, "as bearer", ports.get(0).postAs("Basic " + token, "{}"));
    assertRefused(401, "as bearer", ports.get(0).postAs("Bearer", "{}"));
  }

  /** Whether a report, the probes and a scrape are answered as ever. */
  private boolean goOn(ProgressPort port, int sequence) {
    try {
      int code = port.post(token, ProgressPort.report(sequence, 100)).statusCode();
      return ANSWERS.contains(code)
          && Stream.of("/q/health/live", "/q/health/ready", "/q/metrics")
              .allMatch(path -> Probe.isOk(port.address().resolve(path)));
    } catch (UncheckedIOException e) {
      return false; // it was the oldest of too many
    }
  }

  private List<Long> resident() throws IOException {
    return List.of(
        replicas.get(0).figures().residentBytes() / MEBIBYTE,
        replicas.get(1).figures().residentBytes() / MEBIBYTE);
  }

  private Pod pod(String name, Map<String, String> labels) {
    return controlPlane
        .client()
        .resource(
            new PodBuilder(pod)
                .withNewMetadata()
                .withName(name)
                .withNamespace(trainings.namespace)
                .withLabels(labels)
                .withAnnotations(pod.getMetadata().getAnnotations())
                .endMetadata()
                .editSpec()
                .withNodeName(null)
                .endSpec()
                .withStatus(null)
                .build())
        .create();
  }

  /** The labels that the operator looks at; with the Job's own, the Job would adopt the pod. */
  private Map<String, String> ourLabels() {
    Map<String, String> labels = new HashMap<>(pod.getMetadata().getLabels());
    labels
        .keySet()
        .removeIf(label -> label.contains("job-name") || label.contains("controller-uid"));
    return labels;
  }

  private Progress progress() {
    return trainings.get(training).getStatus().progress();
  }

  private static void assertRefused(int code, String words, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
    assertThat(answer.body()).contains(words);
  }
}
