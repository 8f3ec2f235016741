package training.fusion.e2e.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.FaultProxy;
import training.fusion.e2e.cluster.FaultProxy.Fate;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.installation.Manifests;
import training.fusion.e2e.operator.ProgressPort;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/** Alerts fire when they should, and they and the dashboard ask for what the operator tells. */
@OnControlPlane
class MonitoringTest {
  private static final Path MONITORING = Manifests.DEPLOY.resolve("components/monitoring");
  private static final Path TARGET = ControlPlane.MODULE.resolve("target/monitoring");

  private final ControlPlane controlPlane;

  MonitoringTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  @BeforeAll
  static void write_down_what_prometheus_would_read() throws IOException {
    Files.createDirectories(TARGET);
    write("rules.yaml", rules().get(0).path("spec"));
    Files.copy(
        ControlPlane.MODULE.resolve(
            "src/test/resources/training/fusion/e2e/monitoring/rules-test.yaml"),
        TARGET.resolve("rules-test.yaml"),
        StandardCopyOption.REPLACE_EXISTING);
    ObjectNode dashboard = new ObjectMapper().createObjectNode();
    var group = dashboard.putArray("groups").addObject().put("name", "dashboard");
    var recorded = group.putArray("rules");
    List<String> queries = dashboardQueries();
    for (int i = 0; i < queries.size(); i++) {
      recorded.addObject().put("record", "dashboard:query:" + i).put("expr", queries.get(i));
    }
    write("dashboard.yaml", dashboard);
  }

  @Test
  void alerts_fire_when_they_should_and_not_else() {
    String judged = promtool("test", "rules", "rules-test.yaml");

    assertThat(judged).contains("SUCCESS");
  }

  @Test
  void each_alert_has_a_test() throws IOException {
    String tests = Files.readString(TARGET.resolve("rules-test.yaml"));

    assertThat(alerts()).hasSize(5).allSatisfy(name -> assertThat(tests).contains(name));
  }

  @Test
  void rules_and_the_dashboard_s_queries_are_prometheus_s_language() {
    assertThat(promtool("check", "rules", "--lint-fatal", "rules.yaml")).contains("5 rules found");
    assertThat(promtool("check", "rules", "--lint=none", "dashboard.yaml"))
        .contains(dashboardQueries().size() + " rules found");
  }

  @Test
  void what_they_ask_for_the_operator_tells() throws IOException {
    List<MetricSelector> asked = new ArrayList<>(MetricSelector.in(texts(rules(), "expr")));
    asked.addAll(MetricSelector.in(dashboardQueries()));
    asked.removeIf(selector -> selector.metric().equals("up")); // Prometheus' own

    String told = metricsOfAnOperatorThatHasSeenAll();

    assertThat(asked).hasSizeGreaterThan(15);
    assertThat(asked).allMatch(selector -> selector.isIn(told));
  }

  /** Trainings that end well and badly, a refused report, and a reconcile that fails. */
  private String metricsOfAnOperatorThatHasSeenAll() throws IOException {
    try (var trainings = new Trainings(controlPlane, "monitoring");
        var proxy = new FaultProxy(controlPlane);
        var operator =
            new ShippedOperator(controlPlane, trainings.namespace, List.of(proxy.setting()))) {
      proxy.fates(MonitoringTest::failsStatus);
      trainings.create("vision", "200ms");
      trainings.create("vision-fails-64", "200ms");
      Metrics metrics = new Metrics(operator);
      metrics.once(text -> text.contains("reconciliations_failure_total"));
      proxy.fates(Fate::unharmed);
      trainings.state("vision", State.SUCCEEDED);
      trainings.state("vision-fails-64", State.FAILED);
      assertThat(ProgressPort.of(operator).post("forged", "{}").statusCode()).isEqualTo(401);
      return metrics.once(
          text ->
              text.contains(
                  "fusion_trainings{namespace=\"%s\",state=\"failed\"} 1.0"
                      .formatted(trainings.namespace)));
    }
  }

  private static Fate failsStatus(FaultProxy.Request request) {
    return request.writes() && request.target().contains("/status")
        ? Fate.answered(403, "Forbidden") // other than 500, it is not tried again first
        : Fate.unharmed(request);
  }

  /** What an operator tells Prometheus. */
  private record Metrics(ShippedOperator operator) {
    String once(Predicate<String> wanted) {
      String text = eventually(this::text, wanted);
      assertThat(wanted.test(text)).as(text).isTrue();
      return text;
    }

    private String text() {
      try {
        URLConnection metrics = operator.address().resolve("/q/metrics").toURL().openConnection();
        // by itself Java asks for HTML first, and gets an older format
        metrics.setRequestProperty("Accept", "*/*");
        InputStream in = metrics.getInputStream();
        return new String(in.readAllBytes(), UTF_8);
      } catch (IOException e) {
        return ""; // it is starting
      }
    }
  }

  private static List<ObjectNode> rules() {
    return Manifests.objects(MONITORING.resolve("rules.yaml"));
  }

  private static List<String> alerts() {
    return texts(rules(), "alert");
  }

  private static List<String> texts(List<? extends JsonNode> nodes, String field) {
    return nodes.stream().flatMap(node -> node.findValuesAsText(field).stream()).toList();
  }

  /** Of its panels, and of its choice of a namespace. */
  private static List<String> dashboardQueries() {
    try {
      JsonNode dashboard =
          new ObjectMapper().readTree(MONITORING.resolve("dashboard.json").toFile());
      List<String> queries = new ArrayList<>(dashboard.path("panels").findValuesAsText("expr"));
      dashboard
          .at("/templating/list")
          .findValuesAsText("query")
          .forEach(
              query -> {
                if (query.startsWith("label_values(")) {
                  queries.add(query.replaceAll("label_values\\((.*), \\w+\\)", "$1"));
                }
              });
      return queries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(String name, JsonNode content) throws IOException {
    Serialization.yamlMapper().writeValue(TARGET.resolve(name).toFile(), content);
  }

  private static String promtool(String... arguments) {
    List<String> command = new ArrayList<>(List.of("promtool"));
    for (String argument : arguments) {
      command.add(argument.endsWith(".yaml") ? TARGET.resolve(argument).toString() : argument);
    }
    return Kubectl.succeeded(ControlPlane.script(null, command.toArray(String[]::new)));
  }
}
