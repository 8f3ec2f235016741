package training.fusion.e2e.installation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The operator's own table of situations, read from what is shipped. */
final class TruthTable {
  private TruthTable() {}

  /**
   * One situation.
   *
   * @param conditions the status of each, by type
   */
  record Row(String situation, String state, Map<String, String> conditions) {
    /** Whether a status says exactly this. */
    boolean isIn(JsonNode status) {
      return state.equals(status.path("state").asText())
          && conditions.entrySet().stream()
              .allMatch(it -> it.getValue().equals(statusOf(status, it.getKey())));
    }

    /** What kstatus is to take it for; it knows nobody who stops on purpose. */
    String kstatus() {
      return switch (state) {
        case "Succeeded", "Suspended", "Paused" -> "Current";
        case "Failed" -> "Failed";
        default -> "InProgress";
      };
    }

    /** What Flux with our health check is to take it for: done is only what has succeeded. */
    String flux() {
      return switch (state) {
        case "Succeeded" -> "Current";
        case "Failed" -> "Failed";
        default -> "InProgress";
      };
    }

    /** What Argo CD is to take it for. */
    String argoCd() {
      return switch (state) {
        case "Succeeded" -> "Healthy";
        case "Suspended", "Paused" -> "Suspended";
        case "Failed" -> "Degraded";
        default -> "Progressing";
      };
    }
  }

  static List<Row> rows() {
    List<String> lines = lines();
    List<String> header = cells(lines.get(0));
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = cells(line);
      Map<String, String> conditions = new LinkedHashMap<>();
      for (int i = 2; i < header.indexOf("event"); i++) {
        conditions.put(header.get(i), cells.get(i).split("/", 2)[0]);
      }
      rows.add(new Row(cells.get(0), cells.get(1), conditions));
    }
    return rows;
  }

  private static String statusOf(JsonNode status, String type) {
    for (JsonNode condition : status.path("conditions")) {
      if (type.equals(condition.path("type").asText())) {
        return condition.path("status").asText();
      }
    }
    return "absent";
  }

  private static List<String> cells(String line) {
    return Arrays.asList(line.split(",", -1));
  }

  private static List<String> lines() {
    String file = "/training/fusion/operator/status/conditions.csv";
    try (var in = TruthTable.class.getResourceAsStream(file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
