package training.fusion.api.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Fields that the schema knows and the trainer does not act on yet. Asking for one is answered by
 * name, by the operator in a condition and by the trainer with exit 64, never by silence.
 */
public final class NotSupportedYet {
  private final List<String> fields = new ArrayList<>();

  private NotSupportedYet() {}

  /** Paths below {@code spec}, with the value asked for, that this version does not act on. */
  public static List<String> fieldsOf(RunConfiguration run) {
    var found = new NotSupportedYet();
    if (run.tracking() != null) {
      found.when(run.tracking().mlflow() != null, "tracking.mlflow", "");
    }
    return List.copyOf(found.fields);
  }

  private void when(boolean asked, String path, String value) {
    if (asked) {
      add(path, value);
    }
  }

  private void add(String path, String value) {
    fields.add("spec." + path + (value.isEmpty() ? "" : ": " + value));
  }
}
