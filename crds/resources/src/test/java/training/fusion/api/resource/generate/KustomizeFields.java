package training.fusion.api.resource.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What kustomize has to be told of custom resources: which fields name another object, so that a
 * prefix or a generator's hash reaches them, and which hold images.
 */
final class KustomizeFields {
  private static final String HEADER =
      """
      # Generated from the definitions; to change it, change their types and run
      #   mvn -pl crds/resources -am process-test-classes -Pgenerate
      """;

  /** How a path ends, and the kind of the object that the field names. */
  private static final Map<String, String> NAMES =
      new TreeMap<>(
          Map.of(
              "/configMap/name", "ConfigMap",
              "/configMapKeyRef/name", "ConfigMap",
              "/configMapRef/name", "ConfigMap",
              "/secretKeyRef/name", "Secret",
              "/secretRef/name", "Secret",
              "/imagePullSecrets/name", "Secret",
              "/secretName", "Secret",
              "/claimName", "PersistentVolumeClaim",
              "/serviceAccountName", "ServiceAccount",
              "/priorityClassName", "PriorityClass"));

  private static final List<String> IMAGES = List.of("/pod/image", "/source/image/reference");

  private KustomizeFields() {}

  /** A kustomize configuration for these definitions. */
  static String of(JsonNode... definitions) {
    var references = new TreeMap<String, ArrayNode>();
    ArrayNode images = JsonNodeFactory.instance.arrayNode();
    for (JsonNode definition : definitions) {
      String kind = definition.at("/spec/names/kind").asText();
      JsonNode spec = definition.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
      for (String path : paths(spec, "spec")) {
        NAMES.forEach(
            (end, named) -> {
              if (path.endsWith(end)) {
                add(references.computeIfAbsent(named, it -> newArray()), kind, path);
              }
            });
        if (IMAGES.stream().anyMatch(path::endsWith)) {
          add(images, kind, path);
        }
      }
    }
    var configuration = JsonNodeFactory.instance.objectNode();
    ArrayNode nameReference = configuration.putArray("nameReference");
    references.forEach(
        (kind, fields) -> {
          var reference = nameReference.addObject().put("kind", kind);
          if (kind.equals("PriorityClass")) {
            reference.put("group", "scheduling.k8s.io");
          }
          reference.put("version", "v1").set("fieldSpecs", fields);
        });
    configuration.set("images", images);
    return HEADER + CrdYaml.yaml(configuration);
  }

  private static ArrayNode newArray() {
    return JsonNodeFactory.instance.arrayNode();
  }

  private static void add(ArrayNode fields, String kind, String path) {
    fields.addObject().put("kind", kind).put("path", path);
  }

  /** Of all fields, lists passed through, as kustomize writes them. */
  private static List<String> paths(JsonNode schema, String path) {
    List<String> paths = new ArrayList<>();
    schema
        .path("properties")
        .fields()
        .forEachRemaining(
            field -> {
              String own = path + "/" + field.getKey();
              paths.add(own);
              paths.addAll(paths(field.getValue(), own));
              paths.addAll(paths(field.getValue().path("items"), own));
            });
    return paths;
  }
}
