package training.fusion.trainer.sample;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset.Tensors.Input;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.safetensors.ElementType;

/**
 * How stored values become a network's input: numbers with fractions become float32, whatever their
 * width, since that is what its weights are; whole numbers stay what they are (int16 becomes
 * int32), unless they are normalized. The arithmetic is that of {@code torch.div(torch.sub(x,
 * mean), std)} in float32.
 */
public final class InputConversion {
  private final SampleInput stored;
  private final SampleInput input;

  /** One for each channel, or for all; null: values stay. */
  private final float @Nullable [] mean;

  private final float @Nullable [] std;

  private InputConversion(
      SampleInput stored, ElementType type, float @Nullable [] mean, float @Nullable [] std) {
    this.stored = stored;
    this.input = new SampleInput(stored.name(), type, stored.shape());
    this.mean = mean;
    this.std = std;
  }

  /**
   * The conversion of a tensor.
   *
   * @param asked what is said of it; null: nothing
   * @throws TrainingFailure if it has not as many channels as there are means
   */
  public static InputConversion of(SampleInput stored, @Nullable Input asked) {
    if (asked == null || asked.mean() == null || asked.std() == null) {
      ElementType type =
          switch (stored.type()) {
            case F64, F32, F16, BF16 -> ElementType.F32;
            case I16 -> ElementType.I32; // which embeddings take, and DJL has
            case I64, I32, I8, U8, BOOL -> stored.type();
          };
      return new InputConversion(stored, type, null, null);
    }
    float[] mean = floats(asked.mean());
    float[] std = floats(asked.std());
    long channels = stored.shape().isEmpty() ? 1 : stored.shape().get(0);
    if (mean.length != std.length || (mean.length != 1 && mean.length != channels)) {
      throw TrainingFailure.badConfiguration(
          "dataset.tensors.inputs: %s has %d channel(s), rows of %s, and mean has %d numbers and std %d; give one for each channel, or one for all"
              .formatted(stored.name(), channels, stored.words(), mean.length, std.length));
    }
    return new InputConversion(stored, ElementType.F32, mean, std);
  }

  private static float[] floats(List<Double> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return floats;
  }

  /** What the network gets. */
  public SampleInput input() {
    return input;
  }

  /** Whether digits are lost. */
  public boolean rounds() {
    return stored.type() == ElementType.F64;
  }

  /**
   * Puts a row's values at an offset of the buffer.
   *
   * @return what is wrong with them, to go on a sentence with; null: nothing
   */
  @Nullable String put(ByteBuffer row, ByteBuffer target, int offset) {
    if (input.type() != ElementType.F32) {
      putWhole(row, target, offset);
      return null;
    }
    int values = stored.values();
    int width = stored.type().bytes();
    int channel = mean == null ? values : values / mean.length;
    boolean plain = stored.type() == ElementType.F32; // as most are, and read at memory's speed
    for (int i = 0; i < values; i++) {
      float value = plain ? row.getFloat(i * width) : stored.type().number(row, i * width);
      if (!Float.isFinite(value)) {
        return "value %d of %s is %s"
            .formatted(i, Arrays.toString(stored.shape().toArray()), told(row, i * width));
      }
      if (mean != null && std != null) {
        int c = i / channel;
        value = (value - mean[c]) / std[c];
      }
      target.putFloat(offset + i * Float.BYTES, value);
    }
    return null;
  }

  /** As a double it may be a number that is too large for float32. */
  private String told(ByteBuffer row, int at) {
    double value =
        stored.type() == ElementType.F64 ? row.getDouble(at) : stored.type().number(row, at);
    return Double.isNaN(value)
        ? "NaN"
        : Double.isInfinite(value) ? "infinite" : value + ", more than float32 has";
  }

  /** The machine's order may be another than the files'. */
  private void putWhole(ByteBuffer row, ByteBuffer target, int offset) {
    int values = stored.values();
    for (int i = 0; i < values; i++) {
      switch (stored.type().bytes()) {
        case 8 -> target.putLong(offset + i * 8, row.getLong(i * 8));
        case 4 -> target.putInt(offset + i * 4, row.getInt(i * 4));
        case 2 -> target.putInt(offset + i * 4, row.getShort(i * 2));
        default -> target.put(offset + i, row.get(i));
      }
    }
  }
}
