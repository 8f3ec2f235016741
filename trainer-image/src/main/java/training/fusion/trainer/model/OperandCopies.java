package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The bf16 copies of the parameters that convolutions and matrix products take: the program reads
 * them, the optimizer writes to the fp32 parameters.
 */
final class OperandCopies {
  /** Where the program reads the parameters themselves. */
  static final OperandCopies NONE =
      new OperandCopies(new int[0], new PtNDArray[0], new PtNDArray[0], null);

  /** Of the parameters that have one, rising. */
  private final int[] indices;

  private final PtNDArray[] masters;
  private final PtNDArray[] copies;
  private final @Nullable PtSymbolBlock program;

  private OperandCopies(
      int[] indices, PtNDArray[] masters, PtNDArray[] copies, @Nullable PtSymbolBlock program) {
    this.indices = indices;
    this.masters = masters;
    this.copies = copies;
    this.program = program;
  }

  /**
   * Copies of a network's operands.
   *
   * @param reduce makes them
   */
  static OperandCopies of(
      NDList parameters,
      ArchitectureTable table,
      PtSymbolBlock program,
      Function<NDArray[], NDList> reduce) {
    int[] indices =
        IntStream.range(0, parameters.size())
            .filter(i -> table.parameters().get(i).operand())
            .toArray();
    PtNDArray[] masters = Network.toArray(IntStream.of(indices).mapToObj(parameters::get).toList());
    return new OperandCopies(indices, masters, Network.toArray(reduce.apply(masters)), program);
  }

  /** The parameters as the program reads them. */
  NDList inPlaceOf(List<NDArray> parameters) {
    NDList read = new NDList(parameters);
    for (int i = 0; i < indices.length; i++) {
      read.set(indices[i], copies[i]);
    }
    return read;
  }

  /** All follow. */
  void refresh() {
    refresh(0, Integer.MAX_VALUE);
  }

  /** Those of the parameters from one index to before another follow. */
  void refresh(int from, int end) {
    int first = place(from);
    int after = place(end);
    if (program != null && first < after) {
      StateCopy.copy(
          Arrays.copyOfRange(copies, first, after),
          Arrays.copyOfRange(masters, first, after),
          program);
    }
  }

  private int place(int index) {
    int found = Arrays.binarySearch(indices, index);
    return found < 0 ? -found - 1 : found;
  }
}
