package training.fusion.api.resource.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.LinkedHashSet;
import java.util.List;

/** Writes a definition as YAML that people can read and that is the same every time. */
final class CrdYaml {
  private static final String HEADER =
      """
      # Generated from the annotated types in crds/contract and crds/resources; to change it, change them and run
      #   mvn -pl crds/resources -am process-test-classes -Pgenerate
      """;

  /** Keys of a schema in the order in which a person reads them; others follow. */
  private static final List<String> ORDER =
      List.of(
          "apiVersion",
          "kind",
          "metadata",
          "name",
          "description",
          "type",
          "format",
          "enum",
          "default",
          "minimum",
          "exclusiveMinimum",
          "maximum",
          "exclusiveMaximum",
          "minLength",
          "maxLength",
          "pattern",
          "minItems",
          "maxItems",
          "maxProperties",
          "rule",
          "message",
          "fieldPath",
          "x-kubernetes-int-or-string",
          "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-validations",
          "required",
          "properties",
          "items",
          "additionalProperties");

  private CrdYaml() {}

  static String write(JsonNode definition) {
    return HEADER + yaml(ordered(definition, false));
  }

  /** In the order that the tree has. */
  static String yaml(JsonNode tree) {
    var mapper =
        YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();
    try {
      return mapper.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static JsonNode ordered(JsonNode node, boolean names) {
    if (node.isArray()) {
      var array = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> array.add(ordered(element, false)));
      return array;
    }
    if (!node.isObject()) {
      return node instanceof DoubleNode number ? plain(number) : node;
    }
    var keys = new LinkedHashSet<String>();
    if (!names) {
      ORDER.stream().filter(node::has).forEach(keys::add);
    }
    node.fieldNames().forEachRemaining(keys::add);
    var object = JsonNodeFactory.instance.objectNode();
    // below "properties" the keys are names of fields, which keep the order of their declaration
    keys.forEach(
        key -> object.set(key, ordered(node.get(key), !names && key.equals("properties"))));
    return object;
  }

  /** 65536 and not 65536.0. */
  private static JsonNode plain(DoubleNode number) {
    double value = number.doubleValue();
    return value == Math.rint(value) ? LongNode.valueOf((long) value) : number;
  }
}
