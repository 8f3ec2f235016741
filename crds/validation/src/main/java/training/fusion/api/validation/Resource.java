package training.fusion.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * A document of a file.
 *
 * @param source the file
 * @param value what stands there
 * @param positions where each field stands, by its path
 */
public record Resource(String source, ObjectNode value, Map<String, Position> positions) {
  /**
   * A problem with its place: {@code file.yaml:12:5: spec.training.epochs: must be …}. A field that
   * is missing has the place of the nearest field around it.
   */
  public String locate(Problem problem) {
    return source + ":" + position(problem.path()) + ": " + problem;
  }

  private Position position(String path) {
    Position position = positions.get(path);
    if (position != null || path.isEmpty()) {
      return position == null ? new Position(1, 1) : position;
    }
    return position(
        path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('[')))));
  }
}
