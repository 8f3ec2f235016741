package training.fusion.trainer.format;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import training.fusion.api.Dataset;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.LabelTable;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.DecodedImages;

/**
 * Pictures that a list names with their classes. No folder is listed, and nothing is asked of a
 * picture's file before the picture is read; so a list has to say where each is.
 */
final class ListedPictures {
  private final LabelTable list;
  private final String from;

  private ListedPictures(LabelTable list) {
    this.list = list;
    from = FileName.text(list.root().relativize(list.folder())).orElse("");
  }

  /** A row, and its picture's path below the data set's folder: bytes, in no roundabout way. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Picture(byte[] path, LabelTable.Row row) {}

  /**
   * Reads the list.
   *
   * @throws TrainingFailure naming the line of the list that is not as expected
   */
  static ImageFiles read(Path given, Dataset.FileList files, Framing framing) {
    LabelTable list =
        LabelTable.read(
            given,
            new LabelTable.Asked(
                "dataset.files", files.file(), files.pathColumn(), files.labelColumn()));
    return new ListedPictures(list).files(framing);
  }

  private ImageFiles files(Framing framing) {
    List<Picture> pictures = new ArrayList<>(list.rows().size());
    for (LabelTable.Row row : list.rows()) {
      pictures.add(new Picture(path(row).getBytes(StandardCharsets.UTF_8), row));
    }
    pictures.sort((one, other) -> Arrays.compareUnsigned(one.path, other.path));
    List<Picture> different = different(pictures);
    List<LabelTable.Row> rows = different.stream().map(Picture::row).toList();
    List<String> classNames = list.classNames(rows);
    return new ImageFiles(
        list.root(),
        "pictures of " + list.file().getFileName(),
        classNames,
        new DecodedImages(
            list.file(),
            FilePictures.listed(
                list.root(),
                list.file(),
                FilePaths.below(list.root(), different.stream().map(Picture::path).toList())),
            LabelTable.labels(rows, classNames),
            framing),
        null,
        null,
        list.remarks(pictures.size() - different.size()));
  }

  /** Each picture once; sorted, those that are the same lie side by side. */
  private List<Picture> different(List<Picture> sorted) {
    List<Picture> different = new ArrayList<>(sorted.size());
    for (Picture picture : sorted) {
      Picture before = different.isEmpty() ? null : different.get(different.size() - 1);
      if (before == null || !Arrays.equals(before.path, picture.path)) {
        different.add(picture);
      } else if (!before.row.label().equals(picture.row.label())) {
        throw list.twoClasses(before.row, picture.row);
      }
    }
    return different;
  }

  /** Where a row's picture lies below the data set's folder. */
  private String path(LabelTable.Row row) {
    String written = row.path().replace('\\', '/');
    if (written.startsWith("/") || written.matches("[A-Za-z]:/.*")) {
      throw refused(row, "begins at the root of a file system");
    }
    if (written.indexOf('\0') >= 0) {
      throw refused(row, "is no name of a file");
    }
    List<String> names = new ArrayList<>();
    for (String name : (from.isEmpty() ? written : from + "/" + written).split("/", -1)) {
      if (name.equals("..")) {
        if (names.isEmpty()) {
          throw refused(row, "leads out of the data set's folder");
        }
        names.remove(names.size() - 1);
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    if (names.isEmpty() || written.endsWith("/")) {
      throw refused(row, "is no file's");
    }
    return String.join("/", names);
  }

  private TrainingFailure refused(LabelTable.Row row, String how) {
    return TrainingFailure.badData(
        "%s, line %d: the path %s %s; paths lead from the list's own folder to files below %s"
            .formatted(list.file(), row.line(), row.path(), how, list.root()));
  }
}
