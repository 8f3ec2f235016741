package training.fusion.api.validation;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import training.fusion.api.resource.sweep.FusionSweep;

/**
 * A row of {@code cases.yaml} or {@code sweep-cases.yaml}, or one of {@link ChoiceCases}: what is
 * sent to an API server and what must come back. The same rows run against {@link CrdValidator} and
 * against a real API server.
 *
 * @param name a sentence
 * @param stored the object that exists already, as JSON; absent: the row creates one
 * @param sent the object that is sent, as JSON
 * @param refusal absent: it is accepted
 * @param becomes fields of the accepted object, by path
 */
public record ValidationCase(
    String name,
    Optional<String> stored,
    String sent,
    Optional<Refusal> refusal,
    Map<String, JsonNode> becomes) {

  /**
   * How an object is refused.
   *
   * @param field path of the field at fault; empty: the whole object
   * @param says words of the validator's message
   * @param serverSays words of the API server's message
   */
  public record Refusal(String field, String says, String serverSays) {}

  private static final List<String> TABLES = List.of("/cases.yaml", "/sweep-cases.yaml");
  private static final String LITERAL = "literal goes here";

  /** All rows. */
  public static List<ValidationCase> all() {
    List<ValidationCase> cases = new ArrayList<>();
    for (String file : TABLES) {
      ObjectNode table = table(file);
      var base = (ObjectNode) table.get("base");
      table.get("cases").forEach(row -> cases.add(of(row, base)));
    }
    var base = (ObjectNode) table(TABLES.get(0)).get("base");
    ChoiceCases.rows().forEach(row -> cases.add(of(row, base)));
    return cases;
  }

  /** Whether the row is a FusionSweep's; else it is a FusionTraining's. */
  public boolean ofSweep() {
    return sent.contains("\"kind\":\"" + FusionSweep.KIND + "\"");
  }

  private static ObjectNode table(String file) {
    try (InputStream stream = ValidationCase.class.getResourceAsStream(file)) {
      byte[] text = Objects.requireNonNull(stream, file).readAllBytes();
      return ResourceReader.read(file, new String(text, StandardCharsets.UTF_8)).get(0).value();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ValidationCase of(JsonNode row, ObjectNode base) {
    JsonNode from = row.has("stored") ? patched(base, row.get("stored")) : base;
    String sent =
        row.has("literal")
            ? withLiteral(from, row.get("literal"))
            : patched(from, row.get("change")).toString();
    Optional<Refusal> refusal =
        Optional.ofNullable(row.get("refused"))
            .map(
                refused ->
                    new Refusal(
                        refused.get("field").asText(),
                        refused.get("says").asText(),
                        row.path("server").asText(refused.get("says").asText())));
    Map<String, JsonNode> becomes = new HashMap<>();
    row.path("becomes").properties().forEach(e -> becomes.put(e.getKey(), e.getValue()));
    return new ValidationCase(
        row.get("name").asText(),
        row.has("stored") ? Optional.of(from.toString()) : Optional.empty(),
        sent,
        refusal,
        becomes);
  }

  /** RFC 7386. */
  private static JsonNode patched(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      return patch;
    }
    ObjectNode result =
        target instanceof ObjectNode object ? object.deepCopy() : changes.objectNode();
    for (var change : changes.properties()) {
      if (change.getValue().isNull()) {
        result.remove(change.getKey());
      } else {
        result.set(change.getKey(), patched(result.path(change.getKey()), change.getValue()));
      }
    }
    return result;
  }

  private static String withLiteral(JsonNode from, JsonNode literal) {
    ObjectNode object = from.deepCopy();
    var field = JsonPointer.compile("/" + literal.get("field").asText().replace('.', '/'));
    object.withObject(field.head()).put(field.last().getMatchingProperty(), LITERAL);
    return object.toString().replace("\"" + LITERAL + "\"", literal.get("text").asText());
  }
}
