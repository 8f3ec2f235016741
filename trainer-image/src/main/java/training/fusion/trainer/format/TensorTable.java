package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset.Tensors.Input;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.sample.InputConversion;
import training.fusion.trainer.sample.OpenShards;
import training.fusion.trainer.sample.TensorColumn;
import training.fusion.trainer.sample.TensorRows;
import training.fusion.trainer.tensor.ArrayFile;
import training.fusion.trainer.tensor.StoredArray;

/** Tensors by name, each in one file or in several, of which each row is one sample. */
final class TensorTable {
  /** Of a .npy file's name: {@code -003} says which shard it is, {@code _1} is part of a name. */
  private static final Pattern SHARD_NUMBER = Pattern.compile("[-_.]\\d{2,}$");

  private static final Pattern DIVIDER = Pattern.compile("(?<=[-_.])|(?=[-_.])");

  private static final int LARGEST_ROW = 1 << 30;

  private final List<Path> files;
  private final OpenShards open;
  private final Map<String, List<StoredArray>> arrays;

  /**
   * What a file's only tensor is called, whatever its name.
   *
   * @param label the labels' name; a tensor beside them is the only one, too
   */
  record Only(String name, String label) {
    private boolean is(StoredArray array, List<StoredArray> found) {
      return found.size() == 1
          || (found.size() == 2
              && !array.header().name().equals(label)
              && found.stream().anyMatch(other -> other.header().name().equals(label)));
    }
  }

  private TensorTable(List<Path> files, OpenShards open, Map<String, List<StoredArray>> arrays) {
    this.files = files;
    this.open = open;
    this.arrays = arrays;
  }

  /**
   * Reads the headers of files.
   *
   * @throws TrainingFailure naming the file, and the tensor in it, that is damaged
   */
  static TensorTable open(List<Path> files) {
    return open(files, null);
  }

  /** The same of files with one tensor each, or of any where {@code only} is null. */
  static TensorTable open(List<Path> files, @Nullable Only only) {
    Map<String, List<StoredArray>> arrays = new LinkedHashMap<>();
    List<PictureStamp> stamps = new ArrayList<>();
    for (Path file : files) {
      stamps.add(stamp(file));
      List<StoredArray> found = ArrayFile.read(file, nameOf(file));
      for (StoredArray array : found) {
        String called = only != null && only.is(array, found) ? only.name : array.header().name();
        arrays.computeIfAbsent(called, name -> new ArrayList<>()).add(array);
      }
    }
    return new TensorTable(files, new OpenShards(files, stamps), arrays);
  }

  private static PictureStamp stamp(Path file) {
    try {
      return PictureStamp.of(file);
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  /** Of {@code x_train-003.npy} x: less its part and its number. */
  static String nameOf(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
    String unnumbered = SHARD_NUMBER.matcher(name).replaceFirst("");
    String left =
        Stream.of(DIVIDER.split(unnumbered))
            .filter(word -> PartRole.amongWhole(word) == null)
            .collect(Collectors.joining())
            .replaceAll("([-_.])[-_.]+", "$1")
            .replaceAll("^[-_.]+|[-_.]+$", "");
    return left.isEmpty() ? name : left;
  }

  /** One of the files, for messages. */
  Path file() {
    return files.get(0);
  }

  /** Names of all tensors, in the order of the files. */
  Set<String> names() {
    return arrays.keySet();
  }

  /**
   * Some of the tensors.
   *
   * @throws TrainingFailure if one is not there, or not in all files as in the first
   */
  List<TensorColumn> columns(List<String> names) {
    List<TensorColumn> columns = names.stream().map(this::column).toList();
    columns.forEach(column -> column.checkLike(columns.get(0)));
    return columns;
  }

  /**
   * Rows with their labels.
   *
   * @param root of the data set
   * @throws TrainingFailure if there are not as many of both
   */
  TensorRows rows(
      Path root, List<String> inputs, @Nullable List<Input> asked, String label, int classes) {
    List<TensorColumn> columns = columns(inputs);
    int[] labels = labels(label, classes);
    columns.forEach(column -> column.checkLike(column(label)));
    return new TensorRows(root, columns, conversions(inputs, asked), labels);
  }

  /** Rows without labels, to be told a class each. */
  TensorRows unlabelled(List<String> inputs, @Nullable List<Input> asked) {
    List<TensorColumn> columns = columns(inputs);
    Path root = requireNonNull(file().toAbsolutePath().getRoot());
    return new TensorRows(
        root, columns, conversions(inputs, asked), new int[columns.get(0).rows()]);
  }

  /** How the values of some tensors become a network's inputs. */
  List<InputConversion> conversions(List<String> names, @Nullable List<Input> asked) {
    return columns(names).stream()
        .map(column -> InputConversion.of(column.stored(), find(asked, column.name())))
        .toList();
  }

  private static @Nullable Input find(@Nullable List<Input> asked, String name) {
    return asked == null
        ? null
        : asked.stream().filter(input -> input.name().equals(name)).findFirst().orElse(null);
  }

  private TensorColumn column(String name) {
    List<StoredArray> found = arrays.get(name);
    if (found == null) {
      throw TrainingFailure.badData(
          "%s has no tensor %s; it has %s%s"
              .formatted(
                  file(),
                  name,
                  arrays.isEmpty() ? "none" : ClassNames.listed(List.copyOf(names())),
                  name.equals(TensorFolder.LABEL)
                      ? ": say by dataset.tensors.label which of them has the classes"
                      : ""));
    }
    StoredArray first = found.get(0);
    for (StoredArray array : found) {
      check(array, first);
    }
    long rows = found.stream().mapToLong(StoredArray::rows).sum();
    if (rows > Integer.MAX_VALUE) {
      throw TrainingFailure.badData(
          "%s has %d rows in its files; %d at most can be told apart"
              .formatted(first.place(), rows, Integer.MAX_VALUE));
    }
    return new TensorColumn(
        name, found, open, found.stream().mapToInt(array -> files.indexOf(array.file())).toArray());
  }

  private static void check(StoredArray array, StoredArray first) {
    if (array.header().shape().isEmpty()) {
      throw TrainingFailure.badData(
          "%s is a single number; its first dimension should be that of the samples"
              .formatted(array.place()));
    }
    if (array.header().type() != first.header().type()
        || !array.rowShape().equals(first.rowShape())) {
      throw TrainingFailure.badData(
          "%s has rows of %s %s, but those of %s are %s %s; all files of a tensor have the same"
              .formatted(
                  array.place(),
                  array.header().type(),
                  array.rowShape(),
                  first.file(),
                  first.header().type(),
                  first.rowShape()));
    }
    if (array.rows() > 0) {
      long bytes = array.header().bytes() / array.rows();
      if (bytes == 0 || bytes > LARGEST_ROW) {
        throw TrainingFailure.badData(
            "%s has rows of %d bytes (%s); they should have one at least, and %d at most"
                .formatted(array.place(), bytes, array.rowShape(), LARGEST_ROW));
      }
    }
  }

  /**
   * The labels of all rows.
   *
   * @param classes how many there are
   * @throws TrainingFailure if they are no whole numbers, one for each row of every tensor, or one
   *     is outside the classes
   */
  int[] labels(String name, int classes) {
    TensorColumn column = column(name);
    StoredArray first = column.first();
    if (!first.rowShape().isEmpty()) {
      throw TrainingFailure.badData(
          "%s has the shape %s, but labels are one number for each row; save %s"
              .formatted(
                  first.place(),
                  first.header().shape(),
                  first.rowShape().equals(List.of(1L))
                      ? "label.reshape(-1)"
                      : "the classes' numbers, such as label.argmax(1)"));
    }
    switch (column.type()) {
      case F64, F32, F16, BF16 ->
          throw TrainingFailure.badData(
              "%s has type %s, but labels are the classes' numbers from 0; save label.astype('int64')"
                  .formatted(first.place(), column.type()));
      case I64, I32, I16, I8, U8, BOOL -> {}
    }
    if (column.rows() == 0) {
      throw TrainingFailure.badData("%s has no rows".formatted(first.place()));
    }
    int[] labels = new int[column.rows()];
    int width = column.type().bytes();
    for (int row = 0; row < labels.length; ) {
      ByteBuffer run = column.readRun(row);
      for (int at = 0; at < run.limit(); at += width) {
        labels[row] = label(column, row, whole(column.type(), run, at), classes);
        row++;
      }
    }
    return labels;
  }

  private static int label(TensorColumn column, int row, long label, int classes) {
    if (label < 0 || label >= classes) {
      throw TrainingFailure.badData(
          "%s is the label %d, but labels are 0 to %d"
              .formatted(column.place(row), label, classes - 1));
    }
    return (int) label;
  }

  private static long whole(ElementType type, ByteBuffer values, int at) {
    return switch (type) {
      case I64 -> values.getLong(at);
      case I32 -> values.getInt(at);
      case I16 -> values.getShort(at);
      case I8 -> values.get(at);
      case U8, BOOL -> Byte.toUnsignedInt(values.get(at));
      case F64, F32, F16, BF16 -> throw new IllegalStateException("no whole numbers: " + type);
    };
  }
}
