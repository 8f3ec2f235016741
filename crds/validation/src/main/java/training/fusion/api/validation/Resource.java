package training.fusion.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * A document of a file.
 *
 * @param source the file
 * @param value what stands there, with what a command line has set
 * @param positions where each field stands, by its path
 * @param assigned the option that has set a field, by its path
 */
public record Resource(
    String source,
    ObjectNode value,
    Map<String, Position> positions,
    Map<String, String> assigned) {
  Resource(String source, ObjectNode value, Map<String, Position> positions) {
    this(source, value, positions, Map.of());
  }

  /**
   * A problem with its place: {@code file.yaml:12:5: spec.training.epochs: must be …}, or the
   * option that has set the field. A field that is missing has the place of the nearest field
   * around it.
   */
  public String locate(Problem problem) {
    return place(problem.path()) + ": " + problem + with(problem.path());
  }

  private String place(String path) {
    if (assigned.containsKey(path)) {
      return assigned.get(path);
    }
    Position position = positions.get(path);
    if (position != null || path.isEmpty()) {
      return source + ":" + (position == null ? new Position(1, 1) : position);
    }
    return place(
        path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('[')))));
  }

  /** A rule about several fields speaks of the one around them, though an option has set one. */
  private String with(String path) {
    return assigned.entrySet().stream()
        .filter(field -> !path.isEmpty() && field.getKey().startsWith(path + "."))
        .map(field -> " (" + field.getValue() + ")")
        .sorted()
        .findFirst()
        .orElse("");
  }
}
