package training.fusion.trainer.augmentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.commons.rng.UniformRandomProvider;

/** Draws that are given: whatever is asked for gets the next number of a list. */
final class ScriptedDraws implements UniformRandomProvider {
  private final JsonNode numbers;
  private int next;

  ScriptedDraws(JsonNode numbers) {
    this.numbers = numbers;
  }

  @Override
  public int nextInt(int bound) {
    JsonNode number = numbers.get(next++);
    assertThat(number.isInt()).isTrue();
    assertThat(number.asInt()).isLessThan(bound);
    return number.asInt();
  }

  @Override
  public double nextDouble() {
    JsonNode number = numbers.get(next++);
    assertThat(number.isDouble()).isTrue();
    return number.asDouble();
  }

  @Override
  public long nextLong() {
    throw new UnsupportedOperationException("draws are integers below a bound, or from 0 to 1");
  }

  /** All were asked for, and no others. */
  void mustBeUsedUp() {
    assertThat(next).isEqualTo(numbers.size());
  }
}
