package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.diagnosis.Diagnosis;
import training.fusion.operator.diagnosis.Situation;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.resource.Conditions.Stated;

/**
 * The truth table {@code conditions.csv}: for each situation the state and every condition's
 * status. A cell is {@code True} or {@code False}; the condition's reason is the situation's name,
 * or what stands after a slash, where {@code *} is the reason that was found. The last column is
 * the event that tells of the situation, its type and reason, where it is worth one.
 */
final class ConditionTable {
  private static final String EVENT = "event";
  private static final Map<Situation, Row> ROWS = read();

  private ConditionTable() {}

  /**
   * What the status says in one situation.
   *
   * @param event absent: the situation is not worth one
   */
  record Row(State state, List<Cell> conditions, @Nullable EventCell event) {}

  /**
   * The event that tells of a situation.
   *
   * @param type Normal or Warning
   * @param reason {@code *}: the reason that was found
   */
  record EventCell(String type, String reason) {}

  /**
   * One condition in one situation.
   *
   * @param reason absent: the situation's name
   */
  record Cell(String type, boolean status, @Nullable String reason) {
    /** The condition's reason, given what was found. */
    String reason(Diagnosis diagnosis) {
      if (reason == null) {
        return diagnosis.situation().toString();
      }
      return "*".equals(reason) ? diagnosis.reason() : reason;
    }

    /** Whether the condition has something to tell: it is true, or has a reason of its own. */
    boolean speaks() {
      return status || reason != null;
    }
  }

  static Row row(Situation situation) {
    return Objects.requireNonNull(ROWS.get(situation), situation::toString);
  }

  /** The conditions of a diagnosis, given those of before; conditions of others are kept. */
  static List<Condition> conditions(Diagnosis diagnosis, List<Condition> before, Instant now) {
    return Conditions.of(
        row(diagnosis.situation()).conditions().stream()
            .map(
                cell ->
                    new Stated(
                        cell.type(),
                        cell.status(),
                        cell.reason(diagnosis),
                        cell.speaks() ? diagnosis.message() : ""))
            .toList(),
        before,
        now);
  }

  private static Map<Situation, Row> read() {
    List<List<String>> lines = lines();
    List<String> header = lines.get(0);
    Map<Situation, Row> rows = new EnumMap<>(Situation.class);
    for (List<String> line : lines.subList(1, lines.size())) {
      List<Cell> cells = new ArrayList<>();
      for (int column = 2; column < header.indexOf(EVENT); column++) {
        cells.add(cell(header.get(column), line.get(column)));
      }
      EventCell event = event(line.get(header.indexOf(EVENT)));
      rows.put(situation(line.get(0)), new Row(state(line.get(1)), List.copyOf(cells), event));
    }
    return rows;
  }

  private static @Nullable EventCell event(String text) {
    int slash = text.indexOf('/');
    return slash < 0 ? null : new EventCell(text.substring(0, slash), text.substring(slash + 1));
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
