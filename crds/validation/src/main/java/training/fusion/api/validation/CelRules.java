package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.bundle.Cel;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All rules of a schema, evaluated where their values stand in an object. A rule is read when the
 * first object has something for it to look at: most objects need a few of them only.
 */
final class CelRules {
  private final JsonNode root;
  private final CelTypes types;
  private final IdentityHashMap<JsonNode, List<CelRule>> compiled = new IdentityHashMap<>();

  CelRules(JsonNode root) {
    this.root = root;
    types = new CelTypes(root);
  }

  List<Problem> check(JsonNode object, @Nullable JsonNode old) {
    List<Problem> problems = new ArrayList<>();
    check(root, object, old, "", problems);
    return problems;
  }

  /**
   * Reads every rule, needed or not, and compares its types with the schema's.
   *
   * @throws IllegalArgumentException if one is no valid CEL
   */
  void checkAll() {
    for (JsonNode schema : types.schemas()) {
      rulesOf(schema);
      Cel cel = CelRule.compiler(types.of(schema), types);
      schema.path("x-kubernetes-validations").forEach(rule -> CelRule.checkTypes(rule, cel));
    }
  }

  private synchronized List<CelRule> rulesOf(JsonNode schema) {
    return compiled.computeIfAbsent(
        schema,
        unused -> {
          JsonNode texts = schema.path("x-kubernetes-validations");
          if (texts.isEmpty()) {
            return List.of();
          }
          Cel cel = CelRule.compiler(types.of(schema), types);
          List<CelRule> rules = new ArrayList<>();
          texts.forEach(rule -> rules.add(CelRule.read(rule, cel)));
          return rules;
        });
  }

  private void check(
      JsonNode schema,
      JsonNode value,
      @Nullable JsonNode old,
      String path,
      List<Problem> problems) {
    for (CelRule rule : rulesOf(schema)) {
      if (!rule.transition() || old != null) {
        rule.check(CelValues.of(schema, value), old == null ? null : CelValues.of(schema, old))
            .ifPresent(message -> problems.add(new Problem(join(path, rule.fieldPath()), message)));
      }
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        // elements of a list that is replaced as a whole have no predecessor
        check(schema.path("items"), value.get(i), null, path + "[" + i + "]", problems);
      }
    }
    for (var field : value.properties()) {
      JsonNode property = schema.path("properties").path(field.getKey());
      check(
          property.isMissingNode() ? schema.path("additionalProperties") : property,
          field.getValue(),
          old == null ? null : old.get(field.getKey()),
          join(path, "." + field.getKey()),
          problems);
    }
  }

  private static String join(String path, String field) {
    return path.isEmpty() && field.startsWith(".") ? field.substring(1) : path + field;
  }
}
