package training.fusion.trainer.label;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/**
 * Which columns of a table have pictures' paths and classes.
 *
 * @param named whether the first line names the columns
 */
public record LabelColumns(int path, int label, boolean named) {
  /** What columns of paths are called, the plainest first. */
  private static final List<String> PATHS =
      List.of(
          "path",
          "file_path",
          "filepath",
          "image_path",
          "img_path",
          "filename",
          "file_name",
          "file",
          "image_name",
          "img_name",
          "image",
          "img",
          "picture",
          "photo",
          "image_id",
          "img_id",
          "id",
          "name");

  /** What columns of classes are called, the plainest first. */
  public static final List<String> LABELS =
      List.of("label", "labels", "class", "class_name", "classname", "category", "target", "y");

  private static final int NONE = -1;

  /**
   * As asked for, else by usual names; without names the first is the path, and the second the
   * class.
   *
   * @throws TrainingFailure if they are not to be found
   */
  static LabelColumns of(Path file, List<String> first, LabelTable.Asked table) {
    int path = asked(file, first, table.field() + ".pathColumn", table.pathColumn());
    int label = asked(file, first, table.field() + ".labelColumn", table.labelColumn());
    boolean asked = path != NONE || label != NONE;
    path = path == NONE ? usual(first, PATHS) : path;
    label = label == NONE ? usual(first, LABELS) : label;
    boolean two = first.size() == 2;
    if (path == NONE && label == NONE && two) {
      return new LabelColumns(0, 1, false);
    }
    if (two && (path == NONE || label == NONE)) {
      return path == NONE
          ? new LabelColumns(1 - label, label, true)
          : new LabelColumns(path, 1 - path, true);
    }
    if (path == NONE || label == NONE || path == label) {
      throw TrainingFailure.badData(
          first.size() < 2
              ? "%s has one column; a picture's path and its class are expected in each line"
                  .formatted(file)
              : "%s: which columns have the paths and the classes is not clear%s; set %s.pathColumn and %s.labelColumn to two of %s"
                  .formatted(
                      file,
                      asked ? "" : " by their names",
                      table.field(),
                      table.field(),
                      String.join(", ", first)));
    }
    return new LabelColumns(path, label, true);
  }

  private static int asked(Path file, List<String> first, String field, @Nullable String name) {
    if (name == null) {
      return NONE;
    }
    int column = first.indexOf(name);
    if (column == NONE) {
      throw TrainingFailure.badData(
          "%s: %s has no column %s; its first line has %s"
              .formatted(field, file, name, String.join(", ", first)));
    }
    return column;
  }

  private static int usual(List<String> first, List<String> names) {
    List<String> small =
        first.stream()
            .map(name -> name.strip().toLowerCase(Locale.ROOT).replace(' ', '_'))
            .toList();
    return names.stream()
        .map(small::indexOf)
        .filter(column -> column != NONE)
        .findFirst()
        .orElse(NONE);
  }

  /** What was taken for what, if there were columns beside them. */
  @Nullable String told(Path file, List<String> first) {
    return first.size() == 2
        ? null
        : "of %s the column %s has the pictures, and %s their classes"
            .formatted(file.getFileName(), first.get(path), first.get(label));
  }
}
