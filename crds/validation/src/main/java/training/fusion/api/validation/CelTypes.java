package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The types of a schema's values in CEL. Objects are declared with their fields, so that the
 * compiler refuses a rule about a field that does not exist, as the API server does.
 */
final class CelTypes {
  private final Map<String, CelType> structs = new LinkedHashMap<>();
  private final IdentityHashMap<JsonNode, CelType> bySchema = new IdentityHashMap<>();

  /** The types of a resource's schema; its root has what every resource has. */
  CelTypes(JsonNode root) {
    StructType metadata =
        struct(
            "Metadata",
            ImmutableMap.of("name", SimpleType.STRING, "generateName", SimpleType.STRING));
    ImmutableMap<String, CelType> fields =
        ImmutableMap.<String, CelType>builder()
            .put("apiVersion", SimpleType.STRING)
            .put("kind", SimpleType.STRING)
            .put("metadata", metadata)
            .putAll(fields(root, "Resource"))
            .buildOrThrow();
    bySchema.put(root, struct("Resource", fields));
  }

  /** The type of values of this schema, which is the root or below it. */
  CelType of(JsonNode schema) {
    CelType type = bySchema.get(schema);
    if (type == null) {
      throw new IllegalArgumentException("not a part of the schema");
    }
    return type;
  }

  /** The schema and all schemas in it. */
  Set<JsonNode> schemas() {
    return bySchema.keySet();
  }

  /** All types of objects, for a compiler. */
  CelTypeProvider provider() {
    return new Provider(ImmutableMap.copyOf(structs));
  }

  private CelType declare(JsonNode schema, String name) {
    CelType type =
        schema.has("x-kubernetes-int-or-string")
            ? SimpleType.DYN
            : switch (schema.path("type").asText()) {
              case "number" -> SimpleType.DOUBLE;
              case "integer" -> SimpleType.INT;
              case "boolean" -> SimpleType.BOOL;
              case "string" -> SimpleType.STRING;
              case "array" -> ListType.create(declare(schema.get("items"), name + ".items"));
              case "object" -> object(schema, name);
              default -> SimpleType.DYN;
            };
    bySchema.put(schema, type);
    return type;
  }

  private CelType object(JsonNode schema, String name) {
    return schema.has("additionalProperties")
        ? MapType.create(
            SimpleType.STRING, declare(schema.get("additionalProperties"), name + ".values"))
        : struct(name, fields(schema, name));
  }

  private ImmutableMap<String, CelType> fields(JsonNode schema, String name) {
    var fields = ImmutableMap.<String, CelType>builder();
    for (var property : schema.path("properties").properties()) {
      fields.put(property.getKey(), declare(property.getValue(), name + "." + property.getKey()));
    }
    return fields.buildOrThrow();
  }

  private StructType struct(String name, ImmutableMap<String, CelType> fields) {
    var type =
        StructType.create(name, fields.keySet(), field -> Optional.ofNullable(fields.get(field)));
    structs.put(name, type);
    return type;
  }

  private record Provider(ImmutableMap<String, CelType> structs) implements CelTypeProvider {
    @Override
    public ImmutableCollection<CelType> types() {
      return structs.values();
    }

    @Override
    public Optional<CelType> findType(String name) {
      return Optional.ofNullable(structs.get(name));
    }
  }
}
