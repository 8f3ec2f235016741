package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import training.fusion.api.Dataset;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.picture.Framing;

/**
 * Pictures whose classes a table has. They lie anywhere below the folder, and are one pool; classes
 * are the table's words, sorted: as numbers, if all are whole numbers.
 */
final class LabelledPictures {
  private final Path root;
  private final LabelTable table;
  private final Map<Path, LabelTable.Row> rows = new TreeMap<>();
  private final List<String> remarks = new ArrayList<>();

  private LabelledPictures(Path root, LabelTable table) {
    this.root = root;
    this.table = table;
  }

  /**
   * Reads the table and lists the pictures; none is opened.
   *
   * @throws TrainingFailure naming the line of the table that is not as expected
   */
  static ImageFiles read(Path given, Dataset.Labels labels, Framing framing) {
    Path root =
        Wrapping.entered(given, folder -> Files.exists(FileName.resolve(folder, labels.file())));
    Path file = FileName.resolve(root, labels.file()).normalize();
    if (!file.startsWith(root.normalize()) || !Files.exists(file)) {
      throw TrainingFailure.badData(
          "dataset.labels.file: %s is not there; its path begins at the source's folder"
              .formatted(file));
    }
    var pictures = new LabelledPictures(root, LabelTable.read(file, labels));
    pictures.find();
    return pictures.files(framing);
  }

  private void find() {
    FolderTree tree = FolderTree.list(root, FolderReading.CURRENT, file -> true);
    List<Path> files = tree.allPictures();
    var byPath = PicturesByPath.of(root, files);
    String from =
        FileName.text(root.relativize(requireNonNull(table.file().getParent()))).orElse("");
    List<LabelTable.Row> missing = new ArrayList<>();
    int repeated = 0;
    for (LabelTable.Row row : table.rows()) {
      List<Path> found = byPath.meant(from, row.path());
      if (found.size() > 1) {
        throw TrainingFailure.badData(
            "%s, line %d: %s may be %s or %s; write its path from the file's folder on"
                .formatted(table.file(), row.line(), row.path(), found.get(0), found.get(1)));
      }
      if (found.isEmpty()) {
        missing.add(row);
        continue;
      }
      LabelTable.Row before = rows.putIfAbsent(found.get(0), row);
      if (before != null && !before.label().equals(row.label())) {
        throw TrainingFailure.badData(
            "%s: %s is of class %s in line %d, and of class %s in line %d; a picture has one class"
                .formatted(
                    table.file(),
                    row.path(),
                    before.label(),
                    before.line(),
                    row.label(),
                    row.line()));
      }
      repeated += before == null ? 0 : 1;
    }
    checkNoneIsMissing(missing);
    remark(files, repeated);
  }

  private void checkNoneIsMissing(List<LabelTable.Row> missing) {
    if (missing.isEmpty()) {
      return;
    }
    LabelTable.Row first = missing.get(0);
    boolean names = first.line() == 1;
    throw TrainingFailure.badData(
        "%s, line %d: there is no picture %s below %s%s%s"
            .formatted(
                table.file(),
                first.line(),
                first.path(),
                root,
                missing.size() == 1
                    ? ""
                    : ", nor those of %d more lines".formatted(missing.size() - 1),
                names
                    ? "; if the first line names the columns, set dataset.labels.pathColumn and labelColumn"
                    : "; correct the path, or leave the line out"));
  }

  private void remark(List<Path> files, int repeated) {
    if (table.columns() != null) {
      remarks.add(table.columns());
    }
    if (repeated > 0) {
      remarks.add(
          "%d line(s) of %s name a picture again".formatted(repeated, table.file().getFileName()));
    }
    List<Path> others =
        files.stream()
            .filter(file -> !rows.containsKey(file) && PictureFolder.isPicture(file))
            .toList();
    Remarks.leftOut(others, root, "picture(s)", "are not in " + table.file().getFileName())
        .ifPresent(remarks::add);
  }

  private ImageFiles files(Framing framing) {
    List<String> classNames = classNames();
    Map<String, Integer> numbers = new HashMap<>();
    classNames.forEach(name -> numbers.put(name, numbers.size()));
    int[] labels =
        rows.values().stream().mapToInt(row -> requireNonNull(numbers.get(row.label()))).toArray();
    return new ImageFiles(
        root,
        "pictures of " + table.file().getFileName(),
        classNames,
        new PictureFiles(root, root, List.copyOf(rows.keySet()), labels, framing),
        null,
        null,
        List.copyOf(remarks));
  }

  private List<String> classNames() {
    Set<String> labels = new LinkedHashSet<>();
    rows.values().forEach(row -> labels.add(row.label()));
    ClassNames.refuseTwins(table.file(), labels);
    boolean numbers = labels.stream().allMatch(label -> label.matches("-?\\d{1,9}"));
    Comparator<String> order =
        numbers
            ? Comparator.<String>comparingInt(Integer::parseInt)
                .thenComparing(Comparator.naturalOrder())
            : Comparator.naturalOrder();
    return labels.stream().sorted(order).toList();
  }
}
