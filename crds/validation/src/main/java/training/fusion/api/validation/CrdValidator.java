package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Validates a resource against a CustomResourceDefinition, as the API server does: unknown fields,
 * defaults, schema, then the CEL rules. The first validation takes some hundred milliseconds, as it
 * reads the rules that it needs, later ones a few; it may be shared between threads.
 */
public final class CrdValidator {
  /** Made at the first use, which takes a tenth of a second. */
  private static final Map<String, CrdValidator> BY_KIND = new ConcurrentHashMap<>();

  private final JsonNode schema;
  private final MetadataCheck metadata;
  private final SchemaCheck schemaCheck;
  private final CelRules rules;

  /** A validator for the first version of a definition. */
  public CrdValidator(JsonNode definition) {
    JsonNode version = definition.at("/spec/versions/0");
    schema = version.at("/schema/openAPIV3Schema");
    metadata =
        new MetadataCheck(
            definition.at("/spec/group").asText() + "/" + version.get("name").asText(),
            definition.at("/spec/names/kind").asText());
    schemaCheck = new SchemaCheck(schema);
    rules = new CelRules(schema);
  }

  JsonNode schema() {
    return schema;
  }

  /** A validator for FusionTraining, of the definition that clusters get. */
  public static CrdValidator forFusionTraining() {
    return of("fusiontrainings");
  }

  /** A validator for FusionSweep, of the definition that clusters get. */
  public static CrdValidator forFusionSweep() {
    return of("fusionsweeps");
  }

  private static CrdValidator of(String plural) {
    return BY_KIND.computeIfAbsent(plural, kind -> new CrdValidator(Definitions.of(kind)));
  }

  /** What the API server would say to creating this resource. */
  public Validation validateCreate(ObjectNode object) {
    ObjectNode created = object.deepCopy();
    // status has an endpoint of its own; what a whole resource says there is not taken
    List<Problem> unknown = UnknownFields.in(schema, object);
    created.remove("status");
    return validate(created, null, unknown);
  }

  /**
   * What the API server would say to replacing a resource; its status stays as it is.
   *
   * @param old the resource as it is stored
   */
  public Validation validateUpdate(ObjectNode object, ObjectNode old) {
    return validate(withStatus(object, old.get("status")), old, UnknownFields.in(schema, object));
  }

  /**
   * What the API server would say to replacing the status of a resource; all else stays as it is.
   *
   * @param old the resource as it is stored
   */
  public Validation validateStatusUpdate(ObjectNode object, ObjectNode old) {
    ObjectNode updated = withStatus(old, object.get("status"));
    return validate(updated, old, UnknownFields.in(schema, updated));
  }

  private Validation validate(
      ObjectNode object, @Nullable ObjectNode old, List<Problem> unknownFields) {
    List<Problem> problems = new ArrayList<>(metadata.check(object));
    problems.addAll(unknownFields);
    Defaults.apply(schema, object);
    problems.addAll(schemaCheck.check(object));
    if (problems.isEmpty()) {
      // a rule may rely on the types and required fields of the schema
      problems.addAll(rules.check(object, old == null ? null : stored(old)));
    }
    return new Validation(object, List.copyOf(problems));
  }

  private ObjectNode stored(ObjectNode old) {
    ObjectNode stored = old.deepCopy();
    Defaults.apply(schema, stored);
    return stored;
  }

  private static ObjectNode withStatus(ObjectNode object, @Nullable JsonNode status) {
    ObjectNode copy = object.deepCopy();
    copy.remove("status");
    if (status != null) {
      copy.set("status", status.deepCopy());
    }
    return copy;
  }
}
