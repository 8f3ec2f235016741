package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.OpenApi30;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.NodePath;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Types, required fields, bounds and enums, by a JSON Schema library. */
final class SchemaCheck {
  /** What the library does not know: evaluated here, or bounds' modifiers that it reads itself. */
  private static final List<String> EXTENSIONS =
      List.of(
          "exclusiveMinimum",
          "exclusiveMaximum",
          "x-kubernetes-validations",
          "x-kubernetes-int-or-string",
          "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys");

  private final JsonNode schema;
  private final Schema compiled;

  SchemaCheck(JsonNode schema) {
    this.schema = schema;
    var dialect = Dialect.builder(OpenApi30.getInstance());
    EXTENSIONS.forEach(keyword -> dialect.keyword(new NonValidationKeyword(keyword)));
    compiled = SchemaRegistry.withDialect(dialect.build()).getSchema(schema);
  }

  List<Problem> check(JsonNode object) {
    Set<Problem> problems = new LinkedHashSet<>();
    for (Error error : compiled.validate(object)) {
      problems.add(problem(error));
    }
    return List.copyOf(problems);
  }

  private Problem problem(Error error) {
    JsonNode at = schema;
    StringBuilder path = new StringBuilder();
    NodePath location = error.getInstanceLocation();
    for (int i = 0; i < location.getNameCount(); i++) {
      if (location.getElement(i) instanceof Integer index) {
        path.append('[').append(index).append(']');
        at = at.path("items");
      } else {
        String name = location.getName(i);
        path.append(path.isEmpty() ? "" : ".").append(name);
        at =
            at.path("properties").has(name)
                ? at.get("properties").get(name)
                : at.path("additionalProperties");
      }
    }
    if (error.getKeyword().equals("required")) {
      path.append(path.isEmpty() ? "" : ".").append(error.getProperty());
      at = at.path("properties").path(error.getProperty());
    }
    return new Problem(
        path.toString(), SchemaMessage.of(error.getKeyword(), at, error.getInstanceNode()));
  }
}
