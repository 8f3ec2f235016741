package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Updates a group on a CPU in one pass over its memory: every number is read once and written once,
 * where libtorch's list operations go over all of them again and again. Element by element, so the
 * number of threads changes nothing.
 */
final class HostUpdate {
  /** Floats in a thread's arrays; with gradient and three slots they stay in a near cache. */
  private static final int AT_ONCE = 2048;

  private static final int PIECE = 32 * AT_ONCE;

  private static final ThreadLocal<float[][]> ARRAYS =
      ThreadLocal.withInitial(() -> new float[2 + UpdateRule.OnHost.MOST_SLOTS][AT_ONCE]);

  /** Some floats of a tensor, for one thread. */
  private record Piece(int tensor, int from, int to) {}

  private final PtSymbolBlock program;
  private final PtNDArray[] like;
  private final int decaying;
  private final FloatBuffer[] parameters;
  private final List<FloatBuffer[]> slots = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();

  /**
   * The update of parameters and state that stay where they are.
   *
   * @param decaying how many parameters, at the front, have weight decay
   */
  HostUpdate(
      PtNDArray[] parameters,
      int decaying,
      List<PtNDArray[]> slots,
      PtSymbolBlock program,
      NDManager manager) {
    this.program = program;
    this.like = parameters;
    this.decaying = decaying;
    this.parameters = memory(parameters, manager);
    slots.forEach(slot -> this.slots.add(memory(slot, manager)));
    for (int tensor = 0; tensor < parameters.length; tensor++) {
      int size = this.parameters[tensor].capacity();
      for (int from = 0; from < size; from += PIECE) {
        pieces.add(new Piece(tensor, from, Math.min(size, from + PIECE)));
      }
    }
  }

  /**
   * One step.
   *
   * @param gradients in the order of the parameters
   */
  void step(UpdateRule.OnHost rule, PtNDArray[] gradients, double peakShare, long step) {
    Kernel decayed = rule.kernel(peakShare, step, rule.weightDecay());
    Kernel plain = rule.kernel(peakShare, step, 0);
    try (NDManager scope = like[0].getManager().newSubManager()) {
      FloatBuffer[] g = memory(gradients, scope);
      pieces.parallelStream()
          .forEach(piece -> step(piece.tensor < decaying ? decayed : plain, piece, g));
    }
  }

  private void step(Kernel kernel, Piece piece, FloatBuffer[] gradients) {
    float[][] arrays = ARRAYS.get();
    float[][] state = Arrays.copyOfRange(arrays, 2, 2 + slots.size());
    FloatBuffer parameter = parameters[piece.tensor];
    for (int from = piece.from; from < piece.to; from += AT_ONCE) {
      int count = Math.min(AT_ONCE, piece.to - from);
      parameter.get(from, arrays[0], 0, count);
      gradients[piece.tensor].get(from, arrays[1], 0, count);
      for (int slot = 0; slot < state.length; slot++) {
        slots.get(slot)[piece.tensor].get(from, state[slot], 0, count);
      }
      kernel.step(arrays[0], arrays[1], state, count);
      parameter.put(from, arrays[0], 0, count);
      for (int slot = 0; slot < state.length; slot++) {
        slots.get(slot)[piece.tensor].put(from, state[slot], 0, count);
      }
    }
  }

  /**
   * The tensors' own memory, each in the order in which its parameter lies in memory. A gradient
   * that lies otherwise is copied.
   */
  private FloatBuffer[] memory(PtNDArray[] tensors, NDManager scope) {
    NDList flat;
    try (IValue likes = IValue.listFrom(like);
        IValue all = IValue.listFrom(tensors);
        IValue result = IValueUtils.runMethod(program, "flat", likes, all)) {
      flat = result.toNDList((PtNDManager) scope);
    }
    FloatBuffer[] memory = new FloatBuffer[tensors.length];
    for (int i = 0; i < memory.length; i++) {
      memory[i] = floats(flat.get(i));
    }
    return memory;
  }

  private static FloatBuffer floats(NDArray flat) {
    return JniUtils.getByteBuffer((PtNDArray) flat, true)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
