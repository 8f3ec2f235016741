package training.fusion.e2e.overview;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a browser learns by the page's server-sent events. */
final class EventStream implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVENT = "event: ";
  private static final String DATA = "data: ";

  private final Map<String, JsonNode> trainings = new TreeMap<>();
  private final Stream<String> stream;
  private final Iterator<String> lines;

  EventStream(URI events) throws InterruptedException {
    try {
      stream =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(events).build(), HttpResponse.BodyHandlers.ofLines())
              .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lines = stream.iterator();
  }

  /** Reads on until the trainings, by their names, are as wanted. */
  Map<String, JsonNode> until(Predicate<Map<String, JsonNode>> wanted)
      throws JsonProcessingException {
    while (!wanted.test(trainings)) {
      read();
    }
    return Map.copyOf(trainings);
  }

  private void read() throws JsonProcessingException {
    String line = lines.next();
    if (!line.startsWith(EVENT)) {
      return;
    }
    JsonNode data = JSON.readTree(lines.next().substring(DATA.length()));
    if (line.equals(EVENT + "all")) {
      trainings.clear();
    }
    data.path("trainings").forEach(row -> trainings.put(row.path("name").asText(), row));
    data.path("trainingsGone")
        .forEach(key -> trainings.remove(key.asText().replaceFirst(".*/", "")));
  }

  @Override
  public void close() {
    stream.close();
  }
}
