package training.fusion.e2e.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.ControlPlane.Output;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.KubectlPlugin;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.Volumes;
import training.fusion.local.SampleTraining;

/** The examples of pipelines, as far as they are programs, on the control plane. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class PipelinesTest {
  private static final Path ROOT = ControlPlane.MODULE.resolve("..").normalize();
  private static final Path EXAMPLES = ROOT.resolve("examples/pipelines");
  private static final Pattern PYTHON = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final Kubectl kubectl;
  private ShippedOperator operator;

  PipelinesTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "pipelines");
    kubectl = new Kubectl(controlPlane, trainings.namespace);
  }

  @BeforeEach
  void start() throws IOException {
    Volumes.awaitBound(controlPlane, trainings.namespace);
    operator = new ShippedOperator(controlPlane, trainings.namespace, List.of());
  }

  @AfterEach
  void stop() {
    operator.close();
    trainings.close();
  }

  @Test
  void a_script_s_step_ends_as_its_training_does() throws Exception {
    Path good = file("good");
    assertThat(step(good, Map.of("RUN_ID", "commit-1")).exitCode()).isZero();
    assertThat(trainings.get("good").getStatus().runId()).isEqualTo("commit-1");
    assertThat(step(good, Map.of("RUN_ID", "commit-2", "MINIMUM_ACCURACY", "1.1")))
        .matches(it -> it.exitCode() == 2)
        .matches(it -> it.text().contains("is below 1.1"));
    assertThat(trainings.get("good").getStatus().runId()).isEqualTo("commit-2");
    assertThat(step(file("bad-fails-64"), Map.of()))
        .matches(it -> it.exitCode() == 1)
        .matches(it -> it.text().contains("BadConfiguration"));
    assertThat(step(file("long-runs"), Map.of("TIMEOUT", "1s")).exitCode()).isEqualTo(124);
  }

  @Test
  void tekton_s_step_leaves_its_results() throws Exception {
    JsonNode step = documents("tekton.yaml").get(0).at("/spec/steps/0");
    var environment = new HashMap<String, String>();
    for (JsonNode variable : step.path("env")) {
      environment.put(variable.path("name").asText(), variable.path("value").asText());
    }
    environment.replaceAll((name, value) -> folder.resolve(name).toString());
    environment.put("FILE", file("good").toString());
    environment.put("RUN_ID", "commit-1");
    environment.put("TIMEOUT", "2m");
    environment.put("PLUGIN", KubectlPlugin.FOLDER.resolve("kubectl-fusion").toString());
    Path script = Files.writeString(folder.resolve("script"), step.path("script").asText());

    Output told = run(List.of("sh", script.toString()), environment);

    assertThat(told.exitCode()).as(told.text()).isZero();
    var figures = new SimulatedFigures("good");
    assertThat(folder.resolve("ACCURACY")).content().isEqualTo("" + figures.test().accuracy());
    assertThat(folder.resolve("MODEL")).content().isEqualTo(figures.modelSha256());
  }

  @Test
  void argo_s_manifest_is_one_that_the_api_server_takes_and_its_conditions_are_about_it()
      throws Exception {
    JsonNode resource = documents("argo-workflow.yaml").get(0).at("/spec/templates/1/resource");
    String manifest = resource.path("manifest").asText();
    assertThat(kubectl.given(manifest, "create", "--dry-run=server", "-f", "-").text())
        .contains("created (server dry run)");

    trainings.create("good", "200ms");
    trainings.create("bad-fails-64", "200ms");
    trainings.succeeded("good");
    trainings.ended("bad-fails-64");

    assertThat(meets("good", resource.path("successCondition").asText())).isTrue();
    assertThat(meets("good", resource.path("failureCondition").asText())).isFalse();
    assertThat(meets("bad-fails-64", resource.path("successCondition").asText())).isFalse();
    assertThat(meets("bad-fails-64", resource.path("failureCondition").asText())).isTrue();
  }

  /** A condition of the form PATH == VALUE, on what the API server has. */
  private boolean meets(String name, String condition) {
    String[] parts = condition.split(" == ", -1);
    return kubectl.ok("get", "ft", name, "-o=jsonpath={." + parts[0] + "}").equals(parts[1]);
  }

  @Test
  void flux_has_all_kinds_and_fields_of_its_example() {
    Output told = ControlPlane.script(null, "verdict", "flux", EXAMPLES.resolve("flux.yaml") + "");
    assertThat(told.exitCode()).as(told.text()).isZero();
  }

  @Test
  void who_has_the_rights_of_a_pipeline_can_do_its_step() throws Exception {
    kubectl.ok("apply", "-f", EXAMPLES.resolve("rights.yaml").toString());
    String user = "system:serviceaccount:" + trainings.namespace + ":training-pipeline";
    for (String verb : List.of("create", "patch", "get", "list", "watch")) {
      kubectl.ok("auth", "can-i", verb, "fusiontrainings.fusion.training", "--as=" + user);
    }
    assertThat(kubectl.says("auth", "can-i", "create", "pods", "--as=" + user).exitCode())
        .isEqualTo(1);
  }

  @Test
  void a_notebook_s_lines_submit_and_follow() throws Exception {
    String python = System.getenv().getOrDefault("FUSION_PYTHON", "python3");
    assumeTrue(
        run(List.of(python, "-c", "import kubernetes, ruamel.yaml"), Map.of()).exitCode() == 0,
        "NOT TESTED: %s has no kubernetes and ruamel.yaml; set FUSION_PYTHON".formatted(python));
    Matcher block = PYTHON.matcher(Files.readString(ROOT.resolve("docs/pipelines.md")));
    assertThat(block.find()).isTrue();
    String lines =
        block
            .group(1)
            .replace("namespace=\"default\"", "namespace=\"" + trainings.namespace + "\"")
            .replace("examples/01-quickstart.yaml", file("good").toString());
    assertThat(lines).contains(trainings.namespace, folder.toString());

    Output told = run(List.of(python, "-c", lines), Map.of());

    assertThat(told.exitCode()).as(told.text()).isZero();
    assertThat(told.text().lines().toList()).last().asString().startsWith("Succeeded");
  }

  private Path file(String name) throws IOException {
    return Files.writeString(folder.resolve(name + ".yaml"), SampleTraining.yaml(name, 3));
  }

  private Output step(Path training, Map<String, String> environment) throws Exception {
    return run(List.of("sh", EXAMPLES.resolve("ci.sh").toString(), training + ""), environment);
  }

  /** In a pipeline's pod kubectl's namespace is the pod's; here the kubeconfig says it. */
  private Output run(List<String> line, Map<String, String> environment) throws Exception {
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.copy(controlPlane.kubeconfig(), kubeconfig, StandardCopyOption.REPLACE_EXISTING);
    controlPlane.kubectl(
        null,
        "config",
        "set-context",
        "--current",
        "--kubeconfig=" + kubeconfig,
        "--namespace=" + trainings.namespace);
    String programs = Kubectl.succeeded(ControlPlane.script(null, "path")).strip();
    var builder = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder
        .environment()
        .put("PATH", KubectlPlugin.FOLDER + ":" + programs + ":" + System.getenv("PATH"));
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Output(process.waitFor(), text);
  }

  private static List<JsonNode> documents(String file) throws IOException {
    try (var parser =
        Serialization.yamlMapper().getFactory().createParser(EXAMPLES.resolve(file).toFile())) {
      return Serialization.yamlMapper().readValues(parser, JsonNode.class).readAll();
    }
  }
}
