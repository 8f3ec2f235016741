package training.fusion.trainer.sample;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;

/** Rows of tensors in files, each row of all of them one sample. */
public final class TensorRows implements LabelledSamples {
  /**
   * What a digest looks at of a long row: pieces of it, so that a set of any size can be opened.
   */
  private static final int PIECES = 4;

  private static final int PIECE_BYTES = 1024;

  private final Path root;
  private final List<TensorColumn> columns;
  private final List<InputConversion> conversions;
  private final List<SampleInput> inputs;
  private final int[] labels;

  /** Made when the first is asked for; twice, if two threads ask at once. */
  private volatile @Nullable RowDigests keys;

  /**
   * @param root of the data set
   * @param columns of as many rows as there are labels
   * @param conversions of each column
   * @param labels classes from 0; not copied
   */
  public TensorRows(
      Path root, List<TensorColumn> columns, List<InputConversion> conversions, int[] labels) {
    this.root = root;
    this.columns = List.copyOf(columns);
    this.conversions = List.copyOf(conversions);
    this.inputs = conversions.stream().map(InputConversion::input).toList();
    this.labels = labels;
  }

  @Override
  public Path file() {
    return columns.get(0).file();
  }

  @Override
  public int count() {
    return labels.length;
  }

  @Override
  public int label(int row) {
    return labels[row];
  }

  @Override
  public List<SampleInput> inputs() {
    return inputs;
  }

  @Override
  public void put(int row, int input, ByteBuffer target, int offset) {
    TensorColumn column = columns.get(input);
    String damage = conversions.get(input).put(column.read(row), target, offset);
    if (damage != null) {
      throw TrainingFailure.badData(
          "%s cannot be trained or tested on: %s; leave the row out, or replace the value"
              .formatted(column.place(row), damage));
    }
  }

  @Override
  public @Nullable String damage(int row) {
    for (int i = 0; i < columns.size(); i++) {
      ByteBuffer target = ByteBuffer.allocate(inputs.get(i).bytes()).order(ByteOrder.nativeOrder());
      String damage = conversions.get(i).put(columns.get(i).read(row), target, 0);
      if (damage != null) {
        return "%s: %s".formatted(columns.get(i).name(), damage);
      }
    }
    return null;
  }

  /** A row's file and its number there: {@code data/x.npy:3}. */
  public String place(int row) {
    TensorColumn first = columns.get(0);
    return "%s:%d".formatted(first.file(row), first.rowInFile(row));
  }

  @Override
  public String name(int row) {
    TensorColumn first = columns.get(0);
    return "row %d of %s".formatted(first.rowInFile(row), root.relativize(first.file(row)));
  }

  /**
   * A digest of the row, so that more rows before it, or another division into files, leave it the
   * same; of equal rows, which one it is.
   */
  @Override
  public String key(int row) {
    RowDigests known = keys;
    if (known == null) {
      known = digests();
      keys = known;
    }
    return known.key(row);
  }

  private RowDigests digests() {
    var sha256 = Sha256.begin();
    var digests = new RowDigests(count());
    for (int row = 0; row < count(); row++) {
      for (TensorColumn column : columns) {
        addRow(sha256, column, row);
      }
      digests.put(row, sha256.digest());
    }
    digests.count();
    return digests;
  }

  private static void addRow(MessageDigest sha256, TensorColumn column, int row) {
    int bytes = column.stored().bytes();
    if (bytes <= PIECES * PIECE_BYTES) {
      sha256.update(column.read(row));
      return;
    }
    for (int piece = 0; piece < PIECES; piece++) {
      long at = (long) (bytes - PIECE_BYTES) * piece / (PIECES - 1);
      sha256.update(column.read(row, (int) at, PIECE_BYTES));
    }
  }

  @Override
  public boolean decodes() {
    return false;
  }

  /** By a number that is none. */
  @Override
  public boolean mayBeDamaged() {
    return true;
  }
}
