package training.fusion.api.resource.generate;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import training.fusion.api.Formats;

/**
 * Walks Java types and their schema together and writes into the schema what fabric8's generator
 * leaves out: integer formats, list types, the declared order of properties and enums, and what the
 * Java model of Kubernetes' own types does not say (see {@link KubernetesTypes}).
 */
final class SchemaRefinement {
  private static final int LONGEST_QUANTITY = 64;

  private final ObjectMapper mapper = new ObjectMapper();
  private final KubernetesTypes kubernetes = new KubernetesTypes();

  void refine(ObjectNode schema, Type type) {
    refine(schema, mapper.constructType(type));
  }

  private void refine(ObjectNode schema, JavaType type) {
    if (type.isEnumType()) {
      schema.set("enum", mapper.valueToTree(type.getRawClass().getEnumConstants()));
    } else if (type.hasRawClass(Integer.class) || type.hasRawClass(int.class)) {
      schema.put("format", "int32");
    } else if (type.hasRawClass(Long.class) || type.hasRawClass(long.class)) {
      schema.put("format", "int64");
    } else if (type.hasRawClass(Quantity.class)) {
      schema.put("minimum", 0).put("maxLength", LONGEST_QUANTITY).put("pattern", Formats.QUANTITY);
    } else if (type.isCollectionLikeType()) {
      listType(schema, type.getContentType());
      refine((ObjectNode) schema.get("items"), type.getContentType());
    } else if (type.isMapLikeType()) {
      refine((ObjectNode) schema.get("additionalProperties"), type.getContentType());
    } else if (schema.has("properties")) {
      properties(schema, type);
    }
  }

  private void properties(ObjectNode schema, JavaType type) {
    kubernetes.apply(schema, type.getRawClass());
    BeanDescription bean = mapper.getSerializationConfig().introspect(type);
    var generated = (ObjectNode) schema.get("properties");
    var ordered = mapper.createObjectNode();
    for (BeanPropertyDefinition property : bean.findProperties()) {
      JsonNode child = generated.get(property.getName());
      if (child != null) {
        refine((ObjectNode) child, property.getPrimaryType());
        ordered.set(property.getName(), child);
      }
    }
    schema.set("properties", ordered);
    order((ArrayNode) schema.get("required"), ordered);
    Choices.apply(schema, type.getRawClass());
  }

  private static void order(ArrayNode required, ObjectNode properties) {
    if (required != null) {
      List<String> names = new ArrayList<>();
      properties.fieldNames().forEachRemaining(names::add);
      List<JsonNode> ordered = new ArrayList<>();
      required.forEach(ordered::add);
      ordered.sort(Comparator.comparing(name -> names.indexOf(name.asText())));
      required.removeAll().addAll(ordered);
    }
  }

  /**
   * Conditions are merged by type. All other lists are replaced as a whole, because in a rule the
   * API server compares lists that are sets or maps without their order.
   */
  private static void listType(ObjectNode schema, JavaType element) {
    if (element.hasRawClass(Condition.class)) {
      schema.put("x-kubernetes-list-type", "map");
      schema.putArray("x-kubernetes-list-map-keys").add("type");
    } else {
      schema.put("x-kubernetes-list-type", "atomic");
    }
  }
}
