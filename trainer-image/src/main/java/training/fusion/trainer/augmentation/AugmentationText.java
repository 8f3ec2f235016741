package training.fusion.trainer.augmentation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training.Augmentation;
import training.fusion.api.TransformDefaults;
import training.fusion.api.Transforms;
import training.fusion.trainer.FieldText;

/** What random changes training images meet, in a line, with every field filled in. */
public final class AugmentationText {
  private AugmentationText() {}

  /** Such as {@code Flip; colorJitter: brightness 0.4, contrast 0, saturation 0, hue 0}. */
  public static String of(@Nullable Augmentation augmentation, @Nullable Transforms transforms) {
    Map<String, Object> asked =
        transforms == null
            ? new LinkedHashMap<>()
            : FieldText.fields(TransformDefaults.resolve(transforms));
    var text = new StringJoiner("; ");
    Augmentation first = augmentation == null ? Augmentation.NONE : augmentation;
    if (first != Augmentation.NONE || asked.isEmpty()) {
      text.add(FieldText.word(first));
    }
    asked.forEach((name, fields) -> text.add(name + ": " + FieldText.of(FieldText.fields(fields))));
    return text.toString();
  }
}
