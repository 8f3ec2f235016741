package training.fusion.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the API server recorded of each request it answered, one {@code audit.k8s.io/v1} Event a
 * line; {@code e2e/audit-policy.yaml} says how much of each. An event is written just after its
 * answer went out.
 */
public record AuditLog(Path file) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The requests so far that are like this, in the order in which they were answered. */
  public List<JsonNode> requests(Predicate<JsonNode> like) {
    try {
      String text = Files.readString(file);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1); // one may be in writing
      return whole.lines().map(AuditLog::parse).filter(like).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a request was to change this kind of resource in this namespace. */
  public static Predicate<JsonNode> writes(String namespace, String resource) {
    return event ->
        namespace.equals(event.at("/objectRef/namespace").asText())
            && resource.equals(event.at("/objectRef/resource").asText())
            && !List.of("get", "list", "watch").contains(event.path("verb").asText());
  }

  private static JsonNode parse(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
