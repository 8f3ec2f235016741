package training.fusion.operator.status;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus.State;

/**
 * The truth table {@code conditions.csv}: for each situation the state and every condition's
 * status. A cell is {@code True} or {@code False}; the condition's reason is the situation's name,
 * or what stands after a slash, where {@code *} is the reason that was found.
 */
final class ConditionTable {
  private static final Map<Situation, Row> ROWS = read();

  private ConditionTable() {}

  /** What the status says in one situation. */
  record Row(State state, List<Cell> conditions) {}

  /**
   * One condition in one situation.
   *
   * @param reason absent: the situation's name
   */
  record Cell(String type, boolean status, @Nullable String reason) {
    /** The condition's reason, given what was found. */
    String reason(Finding finding) {
      if (reason == null) {
        return finding.situation().toString();
      }
      return "*".equals(reason) ? finding.reason() : reason;
    }

    /** Whether the condition has something to tell: it is true, or has a reason of its own. */
    boolean speaks() {
      return status || reason != null;
    }
  }

  static Row row(Situation situation) {
    return Objects.requireNonNull(ROWS.get(situation), situation::toString);
  }

  private static Map<Situation, Row> read() {
    List<List<String>> lines = lines();
    List<String> header = lines.get(0);
    Map<Situation, Row> rows = new EnumMap<>(Situation.class);
    for (List<String> line : lines.subList(1, lines.size())) {
      List<Cell> cells = new ArrayList<>();
      for (int column = 2; column < header.size(); column++) {
        cells.add(cell(header.get(column), line.get(column)));
      }
      rows.put(situation(line.get(0)), new Row(state(line.get(1)), List.copyOf(cells)));
    }
    return rows;
  }

  private static Cell cell(String type, String text) {
    int slash = text.indexOf('/');
    String status = slash < 0 ? text : text.substring(0, slash);
    return new Cell(type, status.equals("True"), slash < 0 ? null : text.substring(slash + 1));
  }

  private static Situation situation(String name) {
    return Arrays.stream(Situation.values())
        .filter(situation -> situation.toString().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("conditions.csv: no situation " + name));
  }

  private static State state(String name) {
    return State.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static List<List<String>> lines() {
    try (var in = ConditionTable.class.getResourceAsStream("conditions.csv")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().map(line -> Arrays.asList(line.split(",", -1))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("conditions.csv", e);
    }
  }
}
