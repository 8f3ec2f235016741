package training.fusion.e2e.definition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The definitions as they are with an operator older than they: enums have one value more, objects
 * one field, and quantities no format, as before they had one.
 */
final class NewerDefinitions implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ADDRESS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  private final KubernetesClient client;
  private final Map<String, JsonNode> before;

  NewerDefinitions(KubernetesClient client) throws JsonProcessingException {
    this.client = client;
    before =
        StreamSupport.stream(JSON.readTree(client.raw(ADDRESS)).get("items").spliterator(), false)
            .filter(it -> it.at("/spec/group").asText().equals("fusion.training"))
            .collect(
                Collectors.toMap(it -> it.at("/metadata/name").asText(), it -> it.get("spec")));
    for (var definition : before.entrySet()) {
      ObjectNode newer = definition.getValue().deepCopy();
      change(newer.at("/versions/0/schema/openAPIV3Schema/properties/spec"));
      change(newer.at("/versions/0/schema/openAPIV3Schema/properties/status"));
      put(definition.getKey(), newer);
    }
  }

  private static void change(JsonNode schema) {
    if (schema.has("enum")) {
      ((ArrayNode) schema.get("enum")).add("Newer");
    }
    if (schema.has("x-kubernetes-int-or-string")) {
      ((ObjectNode) schema).remove(List.of("pattern", "minimum"));
    }
    if (schema.has("properties")) {
      schema.get("properties").forEach(NewerDefinitions::change);
      ((ObjectNode) schema.get("properties"))
          .putObject("newer")
          .put("type", "string")
          .put("maxLength", 8);
    }
    change(schema, "items");
    change(schema, "additionalProperties");
  }

  private static void change(JsonNode schema, String part) {
    if (schema.has(part)) {
      change(schema.get(part));
    }
  }

  private void put(String name, JsonNode spec) throws JsonProcessingException {
    while (true) {
      ObjectNode definition = (ObjectNode) JSON.readTree(client.raw(ADDRESS + "/" + name));
      definition.set("spec", spec);
      try {
        client.raw(ADDRESS + "/" + name, "PUT", definition.toString());
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != 409) { // its status was written meanwhile
          throw e;
        }
      }
    }
  }

  @Override
  public void close() throws JsonProcessingException {
    for (var definition : before.entrySet()) {
      put(definition.getKey(), definition.getValue());
    }
  }
}
