package training.fusion.trainer.shard;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which members of a sample are its picture and its label, by their extensions: small letters,
 * without the dot before them.
 *
 * @param picture null: the one that is among {@code pictures}
 * @param label null: {@code cls}, else {@code json}
 * @param labelField key in a JSON label; null: the first of {@code labelFields} that is there
 */
public record SampleFields(
    @Nullable String picture,
    @Nullable String label,
    @Nullable String labelField,
    Set<String> pictures,
    List<String> labelFields) {
  private static final String CLS = "cls";
  static final String JSON = "json";

  public SampleFields {
    pictures = Set.copyOf(pictures);
    labelFields = List.copyOf(labelFields);
  }

  boolean isPicture(String extension) {
    return picture == null ? pictures.contains(extension) : picture.equals(extension);
  }

  /** Extensions that a label may have, the one that is preferred first. */
  List<String> labels() {
    return label == null ? List.of(CLS, JSON) : List.of(label);
  }

  /** Whether a label with this extension is an object with the class under a key. */
  static boolean isJson(String extension) {
    return extension.equals(JSON) || extension.endsWith("." + JSON);
  }
}
