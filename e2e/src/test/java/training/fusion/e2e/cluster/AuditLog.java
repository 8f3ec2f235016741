package training.fusion.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.commons.io.input.BoundedInputStream;

/**
 * What the API server recorded of each request it answered, one {@code audit.k8s.io/v1} Event a
 * line; {@code e2e/audit-policy.yaml} says how much of each. An event is written just after its
 * answer went out.
 */
public record AuditLog(Path file) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The requests so far that are like this, in the order in which they were answered. */
  public List<JsonNode> requests(Predicate<JsonNode> like) {
    return requests("", like);
  }

  /** The same, of those that mention a word, such as a namespace: the others aren't even parsed. */
  public List<JsonNode> requests(String word, Predicate<JsonNode> like) {
    var found = new ArrayList<JsonNode>();
    try (BufferedReader lines = soFar()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains(word)) {
          parse(line, lines).filter(like).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Whether a request was to change this kind of resource in this namespace. */
  public static Predicate<JsonNode> writes(String namespace, String resource) {
    return event ->
        namespace.equals(event.at("/objectRef/namespace").asText())
            && resource.equals(event.at("/objectRef/resource").asText())
            && !List.of("get", "list", "watch").contains(event.path("verb").asText());
  }

  /** Not what is written from now on: of half a line at the end the rest would follow. */
  private BufferedReader soFar() throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            BoundedInputStream.builder().setPath(file).setMaxCount(Files.size(file)).get(),
            StandardCharsets.UTF_8));
  }

  /** Empty for half a line at the end, which was in writing. */
  private static Optional<JsonNode> parse(String line, BufferedReader rest) throws IOException {
    try {
      return Optional.of(MAPPER.readTree(line));
    } catch (JsonProcessingException e) {
      if (rest.readLine() != null) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
