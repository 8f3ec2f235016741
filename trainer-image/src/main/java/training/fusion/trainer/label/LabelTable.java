package training.fusion.trainer.label;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.FileName;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.Wrapping;

/**
 * A file with a picture's path and its class in each line.
 *
 * @param root folder that its paths lie in: the data set's, or the one that it wraps
 * @param columns which were taken, in a sentence, where there were more; null: there were two
 */
public record LabelTable(Path root, Path file, List<Row> rows, @Nullable String columns) {
  /**
   * A line of the file.
   *
   * @param line its number, from 1
   */
  public record Row(int line, String path, String label) {}

  /**
   * What the spec says of it.
   *
   * @param field where it says so
   * @param file path within the data set's folder
   * @param pathColumn null: by usual names
   * @param labelColumn null: by usual names
   */
  public record Asked(
      String field, String file, @Nullable String pathColumn, @Nullable String labelColumn) {}

  private static final long MOST_BYTES = 1L << 30;

  /**
   * Reads it.
   *
   * @param given the data set's folder
   * @throws TrainingFailure naming the file and the line that is not as expected
   */
  public static LabelTable read(Path given, Asked asked) {
    Path direct = FileName.resolve(given, asked.file);
    Path root =
        Files.exists(direct)
            ? given
            : Wrapping.entered(given, folder -> Files.exists(FileName.resolve(folder, asked.file)));
    Path file = FileName.resolve(root, asked.file).normalize();
    if (!file.startsWith(root.normalize()) || !Files.exists(file)) {
      throw TrainingFailure.badData(
          "%s.file: %s is not there; its path begins at the source's folder"
              .formatted(asked.field, file));
    }
    try {
      PlainFile.check(file);
      if (Files.size(file) > MOST_BYTES) {
        throw TrainingFailure.badData(
            "%s has more than %d bytes; it is no table of pictures".formatted(file, MOST_BYTES));
      }
      try (var text =
          new BufferedReader(
              new InputStreamReader(
                  Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()))) {
        return read(root, file, TableLines.of(file, text), asked);
      }
    } catch (CharacterCodingException e) {
      throw TrainingFailure.badData("%s is not in UTF-8; save it so".formatted(file));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static LabelTable read(Path root, Path file, TableLines lines, Asked asked)
      throws IOException {
    TableLines.Cells first = lines.next();
    if (first == null) {
      throw TrainingFailure.badData("%s is empty".formatted(file));
    }
    LabelColumns columns = LabelColumns.of(file, first.values(), asked);
    List<Row> rows = new ArrayList<>();
    Map<String, String> labels = new HashMap<>(); // each once: there may be a million rows
    TableLines.Cells cells = lines.isNamed() || columns.named() ? lines.next() : first;
    for (; cells != null; cells = lines.next()) {
      if (cells.values().size() <= Math.max(columns.path(), columns.label())) {
        throw TrainingFailure.badData(
            "%s, line %d has %d fields, and the first line %d; quote fields that have a separator in them"
                .formatted(file, cells.number(), cells.values().size(), first.values().size()));
      }
      String path = cells.values().get(columns.path()).strip();
      String label = cells.values().get(columns.label()).strip();
      if (path.isEmpty() || label.isEmpty()) {
        throw TrainingFailure.badData(
            "%s, line %d has no %s"
                .formatted(file, cells.number(), path.isEmpty() ? "path" : "class"));
      }
      rows.add(new Row(cells.number(), path, labels.computeIfAbsent(label, name -> name)));
    }
    if (rows.isEmpty()) {
      throw TrainingFailure.badData("%s has no pictures".formatted(file));
    }
    return new LabelTable(root, file, rows, columns.told(file, first.values()));
  }

  /** The folder that paths begin at. */
  public Path folder() {
    Path parent = file.getParent();
    return parent == null ? root : parent;
  }

  /** A picture that two lines name with two classes. */
  public TrainingFailure twoClasses(Row one, Row other) {
    return TrainingFailure.badData(
        "%s: %s is of class %s in line %d, and of class %s in line %d; a picture has one class"
            .formatted(file, other.path, one.label, one.line, other.label, other.line));
  }

  /** Sentences about its columns, and lines that name a picture again. */
  public List<String> remarks(int repeated) {
    List<String> remarks = new ArrayList<>();
    if (columns != null) {
      remarks.add(columns);
    }
    if (repeated > 0) {
      remarks.add("%d line(s) of %s name a picture again".formatted(repeated, file.getFileName()));
    }
    return remarks;
  }

  /** The classes of some rows: words, sorted; as numbers, if all are whole numbers. */
  public List<String> classNames(Collection<Row> rows) {
    Set<String> labels = new LinkedHashSet<>();
    rows.forEach(row -> labels.add(row.label));
    ClassNames.refuseTwins(file, labels);
    boolean numbers = labels.stream().allMatch(label -> label.matches("-?\\d{1,9}"));
    Comparator<String> order =
        numbers
            ? Comparator.<String>comparingInt(Integer::parseInt)
                .thenComparing(Comparator.naturalOrder())
            : Comparator.naturalOrder();
    return labels.stream().sorted(order).toList();
  }

  /** The classes' numbers of rows, in their order. */
  public static int[] labels(Collection<Row> rows, List<String> classNames) {
    Map<String, Integer> numbers = new HashMap<>();
    classNames.forEach(name -> numbers.put(name, numbers.size()));
    return rows.stream().mapToInt(row -> requireNonNull(numbers.get(row.label))).toArray();
  }
}
