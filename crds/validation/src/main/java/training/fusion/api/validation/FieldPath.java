package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A field by the names on the way to it, as the schema has them: {@code spec.pod.env[0].value}.
 *
 * @param steps names as text, places in lists as numbers from 0
 * @param schema of the field
 */
record FieldPath(List<Object> steps, JsonNode schema) {
  private static final Pattern INDEX = Pattern.compile("\\[(\\d{1,6})](\\.(?=.))?(.*)");
  private static final Pattern KEY = Pattern.compile("\\[(?:\"([^\"]+)\"|'([^']+)')]");
  private static final int MOST_GUESSES = 3;

  /** Of ObjectMeta, which no definition spells out, what a person sets. */
  private static final JsonNode METADATA = metadata();

  /** A path that the schema does not have. */
  static final class NoSuchField extends Exception {
    private static final long serialVersionUID = 1;

    NoSuchField(String message) {
      super(message);
    }
  }

  /**
   * The field of a resource.
   *
   * @param schema of the resource
   * @param text below spec, or from the root, beginning with spec or metadata
   */
  static FieldPath of(JsonNode schema, String text) throws NoSuchField {
    return rooted(text)
        ? new Walk(text.startsWith("metadata") ? METADATA : schema).to(text)
        : new Walk(schema).to("spec." + text);
  }

  /**
   * The fields of a sweep: its own; else those by which all its trials get this field of a
   * training: the template's and that of each arm that has one; a model's in each arm, a data set's
   * in each data set.
   */
  static List<FieldPath> ofTrials(JsonNode schema, String text, JsonNode sweep) throws NoSuchField {
    try {
      return List.of(of(schema, text));
    } catch (NoSuchField e) {
      String path = text.startsWith("spec.") ? text.substring(5) : text;
      if (path.startsWith("model.") || path.startsWith("model[")) {
        return each(schema, sweep, "arms", path);
      }
      if (path.startsWith("dataset.")) {
        return each(schema, sweep, "datasets", path.substring("dataset.".length()));
      }
      List<FieldPath> all = new ArrayList<>();
      try {
        all.add(of(schema, "spec.template." + path));
      } catch (NoSuchField inTemplate) {
        throw e;
      }
      for (FieldPath own : each(schema, sweep, "arms", path)) {
        if (own.isIn(sweep)) {
          all.add(own);
        }
      }
      return all;
    }
  }

  private static List<FieldPath> each(JsonNode schema, JsonNode sweep, String list, String path)
      throws NoSuchField {
    List<FieldPath> all = new ArrayList<>();
    int count = Math.max(1, sweep.at("/spec/matrix/" + list).size());
    for (int i = 0; i < count; i++) {
      all.add(of(schema, "spec.matrix.%s[%d].%s".formatted(list, i, path)));
    }
    return all;
  }

  private static boolean rooted(String text) {
    return text.matches("(spec|metadata)([.\\[].*)?");
  }

  private static JsonNode metadata() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode fields = root.withObject("/properties/metadata/properties");
    for (String name : List.of("name", "namespace")) {
      fields.withObject("/" + name).put("type", "string");
    }
    for (String name : List.of("labels", "annotations")) {
      fields.withObject("/" + name).withObject("/additionalProperties").put("type", "string");
    }
    return root;
  }

  /** Whether a path is this one, or leads below it. */
  boolean covers(String path) {
    String own = toString();
    return path.equals(own) || path.startsWith(own + ".") || path.startsWith(own + "[");
  }

  private boolean isIn(JsonNode resource) {
    JsonNode at = resource;
    for (Object step : steps) {
      at = step instanceof Integer index ? at.path(index) : at.path((String) step);
    }
    return !at.isMissingNode();
  }

  /**
   * Gives the field a value, and makes what is missing on the way; null removes it.
   *
   * @param option for messages
   */
  void set(ObjectNode resource, JsonNode value, String option) {
    if (value.isNull() && !isIn(resource)) {
      return;
    }
    JsonNode at = resource;
    for (int i = 0; i < steps.size() - 1; i++) {
      at = child(at, i, option);
    }
    int last = steps.size() - 1;
    if (at instanceof ObjectNode object && steps.get(last) instanceof String name) {
      if (value.isNull()) {
        object.remove(name);
      } else {
        object.set(name, value);
      }
    } else if (at instanceof ArrayNode array && steps.get(last) instanceof Integer index) {
      if (value.isNull()) {
        array.remove(index);
      } else if (index < array.size()) {
        array.set(index, value);
      } else {
        array.insert(next(array, index, last, option), value);
      }
    } else {
      throw otherwise(last, option);
    }
  }

  private JsonNode child(JsonNode at, int step, String option) {
    boolean list = steps.get(step + 1) instanceof Integer;
    if (at instanceof ObjectNode object && steps.get(step) instanceof String name) {
      if (!object.hasNonNull(name)) {
        object.set(name, made(list));
      }
      return object.get(name);
    }
    if (at instanceof ArrayNode array && steps.get(step) instanceof Integer index) {
      if (index >= array.size()) {
        array.insert(next(array, index, step, option), made(list));
      }
      return array.get(index);
    }
    throw otherwise(step, option);
  }

  private static JsonNode made(boolean list) {
    return list ? JsonNodeFactory.instance.arrayNode() : JsonNodeFactory.instance.objectNode();
  }

  private int next(ArrayNode array, int index, int step, String option) {
    if (index > array.size()) {
      throw new UnusableAssignment(
          "%s: %s has %d elements, so [%d] would be the next"
              .formatted(option, text(steps.subList(0, step)), array.size(), array.size()));
    }
    return index;
  }

  private UnusableAssignment otherwise(int step, String option) {
    return new UnusableAssignment(
        "%s: %s is %s, and in the file it is not"
            .formatted(
                option,
                text(steps.subList(0, step)),
                steps.get(step) instanceof Integer ? "a list" : "an object with fields"));
  }

  @Override
  public String toString() {
    return text(steps);
  }

  private static String text(List<Object> steps) {
    var text = new StringBuilder();
    for (Object step : steps) {
      if (step instanceof Integer) {
        text.append('[').append(step).append(']');
      } else {
        text.append(text.isEmpty() ? "" : ".").append(step);
      }
    }
    return text.toString();
  }

  /** From a schema to one of its fields. */
  private static final class Walk {
    private final JsonNode root;
    private final List<Object> steps = new ArrayList<>();
    private JsonNode at;
    private String rest = "";

    Walk(JsonNode root) {
      this.root = root;
      this.at = root;
    }

    FieldPath to(String path) throws NoSuchField {
      rest = path;
      while (!rest.isEmpty()) {
        if (at.path("type").asText().equals("array")) {
          element();
        } else if (at.has("properties")) {
          field();
        } else if (at.has("additionalProperties")) {
          key();
        } else {
          throw new NoSuchField(
              "%s has no fields, so there is no %s below it".formatted(text(steps), rest));
        }
      }
      return new FieldPath(List.copyOf(steps), at);
    }

    private void element() throws NoSuchField {
      Matcher index = INDEX.matcher(rest);
      if (!index.matches()) {
        throw new NoSuchField(
            "%s is a list, whose elements are %s[0] and so on, not %s"
                .formatted(text(steps), text(steps), rest));
      }
      steps.add(Integer.parseInt(index.group(1)));
      at = at.path("items");
      rest = index.group(3);
    }

    private void field() throws NoSuchField {
      String name = rest.split("[.\\[]", 2)[0];
      JsonNode field = at.path("properties").get(name);
      if (field == null) {
        throw unknown(name);
      }
      steps.add(name);
      at = field;
      rest = rest.substring(name.length());
      if (rest.startsWith(".") && rest.length() > 1) {
        rest = rest.substring(1);
      }
    }

    /** Of a map all that is left is the key: {@code kubernetes.io/arch}. */
    private void key() {
      Matcher quoted = KEY.matcher(rest);
      steps.add(
          !quoted.matches() ? rest : quoted.group(1) != null ? quoted.group(1) : quoted.group(2));
      at = at.get("additionalProperties");
      rest = "";
    }

    private NoSuchField unknown(String name) {
      String below = text(steps);
      List<String> known = new ArrayList<>();
      at.get("properties").fieldNames().forEachRemaining(known::add);
      String path = below.isEmpty() ? name : below + "." + name;
      Set<String> elsewhere = new TreeSet<>();
      if (Spelling.closest(name, known).isEmpty()) {
        find(root.path("properties").path("spec"), name, "", elsewhere);
      }
      return new NoSuchField(
          elsewhere.isEmpty() || elsewhere.size() > MOST_GUESSES
              ? path + ": " + UnknownFields.message(name, known)
              : "%s: unknown field; did you mean %s?"
                  .formatted(path, String.join(" or ", elsewhere)));
    }

    /** Fields of that name below others. */
    private static void find(JsonNode schema, String name, String path, Set<String> found) {
      for (var field : schema.path("properties").properties()) {
        String below = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
        if (field.getKey().equals(name)) {
          found.add(below);
        }
        find(field.getValue(), name, below, found);
      }
    }
  }
}
