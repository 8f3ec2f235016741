package training.fusion.operator.reading;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A field of an object that could not be read, and was left out.
 *
 * @param field its path, such as {@code spec.pod.resources.limits.memory}
 * @param value what stands there, as JSON; cut where it is long
 * @param problem what would be right
 */
public record UnreadField(String field, String value, String problem) {
  /**
   * A property of the object's metadata that no API server has, keeps or takes: whoever copies the
   * object copies the note, and nobody else can write it.
   */
  private static final String NOTE = "unread";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<UnreadField>> LIST = new TypeReference<>() {};

  /** What could not be read of an object; mostly nothing. */
  public static List<UnreadField> of(HasMetadata object) {
    Object note = object.getMetadata().getAdditionalProperties().get(NOTE);
    return note == null ? List.of() : JSON.convertValue(note, LIST);
  }

  /** All of these in a sentence. */
  public static String sentence(List<UnreadField> unread) {
    return unread.stream().map(UnreadField::toString).collect(Collectors.joining("; "));
  }

  /** Writes it down in the object. */
  static void note(HasMetadata object, List<UnreadField> unread) {
    object.getMetadata().setAdditionalProperty(NOTE, unread);
  }

  @Override
  public String toString() {
    return "%s: %s cannot be read: %s".formatted(field, value, problem);
  }
}
