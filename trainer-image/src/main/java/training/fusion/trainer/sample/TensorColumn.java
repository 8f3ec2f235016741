package training.fusion.trainer.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.tensor.StoredArray;

/**
 * The rows of one tensor, in one file or in several one after the other. A row is read when it is
 * asked for, not mapped: what is mapped counts as the process's memory until the system wants it
 * back, and of a file that somebody cuts it tells by a fault.
 */
public final class TensorColumn {
  private static final int RUN_BYTES = 1 << 20;

  private final String name;
  private final List<StoredArray> arrays;
  private final OpenShards files;
  private final int[] fileOf;
  private final int[] ends;

  /**
   * @param name that it is asked for by; its files may have another
   * @param arrays of one type and shape of rows
   * @param files that they are in
   * @param fileOf the place in {@code files} of each array's file
   */
  public TensorColumn(String name, List<StoredArray> arrays, OpenShards files, int[] fileOf) {
    this.name = name;
    this.arrays = List.copyOf(arrays);
    this.files = files;
    this.fileOf = fileOf;
    this.ends = new int[arrays.size()];
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += Math.toIntExact(arrays.get(i).rows());
      ends[i] = end;
    }
  }

  /** The array of its first rows. */
  public StoredArray first() {
    return arrays.get(0);
  }

  public String name() {
    return name;
  }

  /** As it is stored. */
  public SampleInput stored() {
    StoredArray first = arrays.get(0);
    return new SampleInput(name(), type(), first.rowShape());
  }

  public ElementType type() {
    return arrays.get(0).header().type();
  }

  public int rows() {
    return ends[ends.length - 1];
  }

  /** Where the values begin, for messages. */
  Path file() {
    return arrays.get(0).file();
  }

  /** A row in its file, in words: {@code row 17 of /data/train.npz, x}. */
  public String place(int row) {
    int array = arrayOf(row);
    return "row %d of %s".formatted(row - begin(array), arrays.get(array).place());
  }

  /** The file of a row. */
  Path file(int row) {
    return arrays.get(arrayOf(row)).file();
  }

  /** A row's number in its file. */
  int rowInFile(int row) {
    return row - begin(arrayOf(row));
  }

  /** All bytes of a row, little-endian. */
  ByteBuffer read(int row) {
    return read(row, 0, stored().bytes());
  }

  /**
   * Some bytes of a row.
   *
   * @throws TrainingFailure if the file cannot be read, or is another than when it was listed
   */
  ByteBuffer read(int row, int offset, int length) {
    int array = arrayOf(row);
    StoredArray stored = arrays.get(array);
    long at = stored.begin() + (long) (row - begin(array)) * stored().bytes() + offset;
    try {
      return ByteBuffer.wrap(files.read(fileOf[array], at, length)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw TrainingFailure.unreadable(stored.file(), e);
    }
  }

  /** As many rows as fit into a mebibyte, from one on, or one; of one file. */
  public ByteBuffer readRun(int row) {
    int bytes = stored().bytes();
    int rows = Math.max(1, Math.min(ends[arrayOf(row)] - row, RUN_BYTES / bytes));
    return read(row, 0, rows * bytes);
  }

  /**
   * Compares how many rows a file has of this and of another tensor. Where both are divided among
   * as many files, each file of one belongs to one of the other, and their names have to say so.
   *
   * @throws TrainingFailure naming the file, or the two, whose numbers or names differ
   */
  public void checkLike(TensorColumn other) {
    if (arrays.size() == other.arrays.size()) {
      int unlike = FilePairs.unlike(files(), other.files());
      if (unlike >= 0) {
        throw TrainingFailure.badData(
            "%s and %s would be of the same samples, and their names do not say so; call the files of each tensor alike, such as x-00.npy and label-00.npy"
                .formatted(arrays.get(unlike).place(), other.arrays.get(unlike).place()));
      }
      for (int i = 0; i < arrays.size(); i++) {
        checkRows(arrays.get(i), other.arrays.get(i));
      }
      return;
    }
    Map<Path, StoredArray> others =
        other.arrays.stream()
            .collect(Collectors.toMap(StoredArray::file, array -> array, (one, again) -> one));
    for (StoredArray array : arrays) {
      StoredArray beside = others.get(array.file());
      if (beside != null) {
        checkRows(array, beside);
      }
    }
    if (rows() != other.rows()) {
      throw TrainingFailure.badData(
          "%s has %d rows%s, and %s %d%s; each row is one sample"
              .formatted(
                  arrays.get(0).place(),
                  rows(),
                  inFiles(),
                  other.arrays.get(0).place(),
                  other.rows(),
                  other.inFiles()));
    }
  }

  private static void checkRows(StoredArray one, StoredArray other) {
    if (one.rows() != other.rows()) {
      throw TrainingFailure.badData(
          "%s has %d rows, and %s %d; each row is one sample"
              .formatted(
                  one.place(),
                  one.rows(),
                  one.file().equals(other.file())
                      ? other.header().name() + " beside it"
                      : other.place(),
                  other.rows()));
    }
  }

  private List<Path> files() {
    return arrays.stream().map(StoredArray::file).toList();
  }

  private String inFiles() {
    return arrays.size() == 1 ? "" : " in %d files".formatted(arrays.size());
  }

  private int begin(int array) {
    return array == 0 ? 0 : ends[array - 1];
  }

  private int arrayOf(int row) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (row < ends[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
