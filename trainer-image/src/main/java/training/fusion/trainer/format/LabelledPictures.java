package training.fusion.trainer.format;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import training.fusion.api.Dataset;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.LabelTable;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.DecodedImages;

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
  static ImageFiles read(Path given, Dataset.Labels labels, Framing framing, Listing listing) {
    LabelTable table =
        LabelTable.read(
            given,
            new LabelTable.Asked(
                "dataset.labels", labels.file(), labels.pathColumn(), labels.labelColumn()));
    var pictures = new LabelledPictures(table.root(), table);
    pictures.find(listing);
    return pictures.files(framing);
  }

  private void find(Listing listing) {
    FolderTree tree = FolderTree.list(root, FolderReading.CURRENT, file -> true, listing);
    List<Path> files = tree.allPictures();
    var byPath = PicturesByPath.of(root, files);
    String from = FileName.text(root.relativize(table.folder())).orElse("");
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
        throw table.twoClasses(before, row);
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
    remarks.addAll(table.remarks(repeated));
    List<Path> others =
        files.stream()
            .filter(file -> !rows.containsKey(file) && PictureFolder.isPicture(file))
            .toList();
    Remarks.leftOut(others, root, "picture(s)", "are not in " + table.file().getFileName())
        .ifPresent(remarks::add);
  }

  private ImageFiles files(Framing framing) {
    List<String> classNames = table.classNames(rows.values());
    int[] labels = LabelTable.labels(rows.values(), classNames);
    return new ImageFiles(
        root,
        "pictures of " + table.file().getFileName(),
        classNames,
        new DecodedImages(
            root, FilePictures.found(root, FilePaths.of(rows.keySet())), labels, framing),
        null,
        null,
        List.copyOf(remarks));
  }
}
