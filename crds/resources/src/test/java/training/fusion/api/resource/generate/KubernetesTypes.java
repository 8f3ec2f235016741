package training.fusion.api.resource.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Objects;
import training.fusion.api.Formats;

/** Descriptions and bounds of the fields of Kubernetes' own types, from a table. */
final class KubernetesTypes {
  private static final String TABLE = "kubernetes-types.yaml";
  private static final String PACKAGE = "io.fabric8.kubernetes.api.model";

  private final JsonNode table;

  KubernetesTypes() {
    try (InputStream stream = KubernetesTypes.class.getResourceAsStream(TABLE)) {
      table = new YAMLMapper().readTree(Objects.requireNonNull(stream, TABLE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Completes the schema of one of Kubernetes' types; any other is left alone. */
  void apply(ObjectNode schema, Class<?> type) {
    if (!type.getPackageName().equals(PACKAGE)) {
      return;
    }
    JsonNode fields = table.get(type.getSimpleName());
    if (fields == null || !fields.isObject()) {
      throw new IllegalStateException(
          TABLE + " has no " + type.getSimpleName() + "; add the fields that users may set");
    }
    var properties = (ObjectNode) schema.get("properties");
    for (Iterator<String> names = properties.fieldNames(); names.hasNext(); ) {
      if (!fields.has(names.next())) {
        names.remove();
      }
    }
    fields
        .properties()
        .forEach(field -> merge(schema, properties, field.getKey(), field.getValue()));
  }

  private static void merge(
      ObjectNode schema, ObjectNode properties, String name, JsonNode fragment) {
    if (!(properties.get(name) instanceof ObjectNode property)) {
      throw new IllegalStateException(TABLE + " has a field " + name + " that the type lacks");
    }
    for (var entry : fragment.properties()) {
      if (entry.getKey().equals("required")) {
        schema.withArray("required").add(name);
      } else if (entry.getValue() instanceof ObjectNode nested) {
        var inner = (ObjectNode) property.get(entry.getKey());
        nested.properties().forEach(it -> set(inner, it.getKey(), it.getValue()));
      } else {
        set(property, entry.getKey(), entry.getValue());
      }
    }
  }

  private static void set(ObjectNode schema, String keyword, JsonNode value) {
    if (!keyword.equals("is")) {
      schema.set(keyword, value);
      return;
    }
    try {
      schema.put("pattern", (String) Formats.class.getField(value.asText()).get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(TABLE + ": no format " + value, e);
    }
  }
}
