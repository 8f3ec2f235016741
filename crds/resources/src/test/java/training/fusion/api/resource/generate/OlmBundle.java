package training.fusion.api.resource.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The manifests of a bundle for the Operator Lifecycle Manager: its ClusterServiceVersion, made of
 * what kustomize reads, and copies of the definitions and of what else there is besides roles and
 * the Deployment, which the manager makes itself.
 */
final class OlmBundle {
  private static final String MANIFESTS = "deploy/olm/manifests/";
  private static final String NAME = "fusion-training-operator";

  private static final String HEADER =
      """
      # Generated from deploy/base, deploy/rights and the definitions; to change it, change those and run
      #   mvn -pl crds/resources -am process-test-classes -Pgenerate
      """;

  /** As {@code deploy/helm/Chart.yaml} says it. */
  private static final String KUBERNETES = "1.33.0";

  private static final YAMLMapper YAML = new YAMLMapper();

  private final Path repository;

  private OlmBundle(Path repository) {
    this.repository = repository;
  }

  /**
   * The files, by path below the repository's root.
   *
   * @param definitions the generated definitions' texts, by such paths
   * @param kinds the same as trees
   */
  static Map<String, String> of(
      Path repository, Map<String, String> definitions, JsonNode... kinds) {
    var bundle = new OlmBundle(repository);
    var files = new LinkedHashMap<String, String>();
    files.put(
        MANIFESTS + "fusion-training.clusterserviceversion.yaml",
        HEADER + CrdYaml.yaml(bundle.version(kinds)));
    definitions.forEach((path, text) -> files.put(MANIFESTS + Path.of(path).getFileName(), text));
    for (String file : List.of("service.yaml", "pod-disruption-budget.yaml")) {
      files.put(MANIFESTS + file, ChartFiles.copy(repository, "deploy/base/" + file));
    }
    return files;
  }

  private JsonNode version(JsonNode... kinds) {
    String version = read("deploy/base/kustomization.yaml").get(0).at("/images/0/newTag").asText();
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object
        .put("apiVersion", "operators.coreos.com/v1alpha1")
        .put("kind", "ClusterServiceVersion")
        .putObject("metadata")
        .put("name", "fusion-training.v" + version)
        .putObject("annotations")
        .put("capabilities", "Seamless Upgrades")
        .put("categories", "AI/Machine Learning")
        .put("containerImage", NAME + ":" + version)
        .put("description", read("deploy/helm/Chart.yaml").get(0).path("description").asText())
        .put("alm-examples", examples());
    ObjectNode spec = object.putObject("spec");
    spec.put("displayName", "Fusion Training")
        .put(
            "description",
            "Trains image classifiers with a *fusion optimizer*: the blocks before a boundary by"
                + " one optimizer, those after it by another. A FusionTraining becomes a Job on an"
                + " NVIDIA GPU or a CPU, which goes on from its checkpoint when a pod is lost;"
                + " accuracy, loss and F1 come back in its status. A FusionSweep is a matrix of"
                + " them.")
        .put("version", version)
        .put("maturity", "alpha")
        .put("minKubeVersion", KUBERNETES);
    spec.putObject("provider").put("name", "Fusion Training");
    spec.putArray("keywords").add("training").add("machine learning").add("optimizer");
    ArrayNode modes = spec.putArray("installModes");
    for (String mode :
        List.of("OwnNamespace", "SingleNamespace", "MultiNamespace", "AllNamespaces")) {
      modes.addObject().put("type", mode).put("supported", true);
    }
    ArrayNode owned = spec.putObject("customresourcedefinitions").putArray("owned");
    for (JsonNode kind : kinds) {
      owned
          .addObject()
          .put("name", kind.at("/metadata/name").asText())
          .put("kind", kind.at("/spec/names/kind").asText())
          .put("version", kind.at("/spec/versions/0/name").asText())
          .put("displayName", kind.at("/spec/names/kind").asText())
          .put(
              "description",
              kind.at("/spec/versions/0/schema/openAPIV3Schema/description").asText());
    }
    ObjectNode install = spec.putObject("install").put("strategy", "deployment");
    install.putObject("spec").setAll(strategy(version));
    return object;
  }

  private ObjectNode strategy(String version) {
    ObjectNode strategy = JsonNodeFactory.instance.objectNode();
    ObjectNode permission = strategy.putArray("permissions").addObject();
    permission.put("serviceAccountName", NAME);
    ArrayNode rules = permission.putArray("rules");
    for (String file : List.of("deploy/rights/role.yaml", "deploy/base/leader-election.yaml")) {
      rules.addAll((ArrayNode) read(file).get(0).get("rules"));
    }
    JsonNode deployment = read("deploy/base/deployment.yaml").get(0);
    ObjectNode made = strategy.putArray("deployments").addObject().put("name", NAME);
    made.set("label", deployment.at("/metadata/labels"));
    made.set("spec", deployment.get("spec"));
    ObjectNode pod = (ObjectNode) made.at("/spec/template/spec");
    // as deploy/components/openshift, where most of these managers are
    ((ObjectNode) pod.get("securityContext")).remove(List.of("runAsUser", "runAsGroup"));
    ObjectNode container = (ObjectNode) pod.at("/containers/0");
    container.put("image", container.get("image").asText() + ":" + version);
    ArrayNode environment = (ArrayNode) container.get("env");
    environment.addObject().put("name", "FUSION_TRAINER_FS_GROUP").put("value", "");
    environment
        .addObject()
        .put("name", "FUSION_NAMESPACES")
        .putObject("valueFrom")
        .putObject("fieldRef")
        .put("fieldPath", "metadata.annotations['olm.targetNamespaces']");
    return strategy;
  }

  /** What a console offers as a beginning. */
  private String examples() {
    ArrayNode examples = JsonNodeFactory.instance.arrayNode();
    for (String file : List.of("examples/01-quickstart.yaml", "examples/10-sweep.yaml")) {
      examples.addAll(read(file));
    }
    return new ObjectMapper().valueToTree(examples).toPrettyString();
  }

  private List<JsonNode> read(String file) {
    try (var documents =
        YAML.readerFor(JsonNode.class).<JsonNode>readValues(repository.resolve(file).toFile())) {
      return documents.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
