package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A field that a command line gives another value than the file does: {@code training.epochs=5}.
 *
 * @param option as it was given, {@code --set training.epochs=5}: messages begin so
 * @param resource name of the resource that is meant; null: all that have the field
 * @param path below spec, or from the resource's root, beginning with spec or metadata
 * @param value YAML, or text as it is where the field is text; {@code null} removes the field
 */
public record FieldAssignment(String option, @Nullable String resource, String path, String value) {
  private static final String NEW = "--new";
  private static final DateTimeFormatter RUN_ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");
  private static final Pattern NAMED = Pattern.compile("(?<name>[a-z0-9][-a-z0-9.]*):(?<path>.+)");

  /**
   * What {@code --set} is given.
   *
   * @param text {@code PATH=VALUE}, or {@code NAME:PATH=VALUE}
   * @throws UnusableAssignment if it is neither
   */
  public static FieldAssignment parse(String text) {
    String option = "--set " + text;
    int equals = text.indexOf('=');
    String path = equals < 0 ? text : text.substring(0, equals);
    if (equals < 1) {
      throw new UnusableAssignment(
          option + ": must be a field and its value, such as --set training.epochs=5");
    }
    var named = NAMED.matcher(path);
    return new FieldAssignment(
        option,
        named.matches() ? named.group("name") : null,
        named.matches() ? named.group("path") : path,
        text.substring(equals + 1));
  }

  /** A run of its own for what was trained by the same name: {@code --new}. */
  public static FieldAssignment newRun(LocalDateTime now) {
    return new FieldAssignment(NEW, null, "runId", RUN_ID.format(now));
  }

  /**
   * The resources with these fields set, one after the other. Each is set in all trainings and
   * sweeps that have such a field; a training's field means in a sweep that of all its trials.
   *
   * @throws UnusableAssignment naming the option, the field, and what would be right
   */
  public static List<Resource> apply(List<FieldAssignment> assignments, List<Resource> resources) {
    List<Resource> now = new ArrayList<>(resources);
    for (FieldAssignment assignment : assignments) {
      int set = 0;
      UnusableAssignment refused = null;
      for (int i = 0; i < now.size(); i++) {
        if (!assignment.isFor(now.get(i))) {
          continue;
        }
        try {
          now.set(i, assignment.applied(now.get(i)));
          set++;
        } catch (FieldPath.NoSuchField e) {
          refused =
              new UnusableAssignment(
                  "%s: %s"
                      .formatted(
                          assignment.option,
                          assignment.option.equals(NEW)
                              ? "a FusionSweep has no runId; --set metadata.name=NAME gives it"
                                  + " another name"
                              : e.getMessage()));
        }
      }
      if (set == 0) {
        throw refused != null ? refused : assignment.nowhere(resources);
      }
    }
    return List.copyOf(now);
  }

  private boolean isFor(Resource document) {
    return schema(document).isPresent()
        && (resource == null || document.value().at("/metadata/name").asText().equals(resource));
  }

  private static Optional<JsonNode> schema(Resource document) {
    return switch (document.value().path("kind").asText()) {
      case "FusionTraining" -> Optional.of(CrdValidator.forFusionTraining().schema());
      case "FusionSweep" -> Optional.of(CrdValidator.forFusionSweep().schema());
      default -> Optional.empty();
    };
  }

  private UnusableAssignment nowhere(List<Resource> resources) {
    List<String> names =
        resources.stream()
            .filter(document -> schema(document).isPresent())
            .map(document -> document.value().at("/metadata/name").asText())
            .toList();
    return new UnusableAssignment(
        names.isEmpty()
            ? option + ": there is no FusionTraining and no FusionSweep whose field it could be"
            : "%s: there is no %s; the files have %s"
                .formatted(option, resource, String.join(", ", names)));
  }

  private Resource applied(Resource document) throws FieldPath.NoSuchField {
    boolean sweep = document.value().path("kind").asText().equals("FusionSweep");
    JsonNode schema = schema(document).orElseThrow();
    List<FieldPath> targets =
        sweep
            ? FieldPath.ofTrials(schema, path, document.value())
            : List.of(FieldPath.of(schema, path));
    var changed = document.value().deepCopy();
    Map<String, Position> positions = new HashMap<>(document.positions());
    Map<String, String> assigned = new HashMap<>(document.assigned());
    for (FieldPath target : targets) {
      target.set(changed, value(target), option);
      positions.keySet().removeIf(target::covers);
      assigned.keySet().removeIf(target::covers);
      assigned.put(target.toString(), option);
    }
    return new Resource(document.source(), changed, positions, assigned);
  }

  private JsonNode value(FieldPath target) {
    boolean text = target.schema().path("type").asText().equals("string");
    if (text && !QUOTED.matcher(value).matches()) {
      return value.equals("null") ? NullNode.instance : TextNode.valueOf(value);
    }
    if (value.isEmpty()) {
      throw new UnusableAssignment(
          "%s: %s is given no value; null removes it".formatted(option, target));
    }
    try {
      return ResourceReader.value(option, value);
    } catch (UnreadableResource e) {
      throw new UnusableAssignment(String.valueOf(e.getMessage()));
    }
  }
}
