package training.fusion.trainer.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShuffleTest {
  record Case(int count, long seed, long stream, List<Integer> first, int last) {}

  @Test
  void everyOrderIsThatOfAnIndependentImplementation() throws IOException {
    List<Case> cases =
        new ObjectMapper()
            .readValue(
                Path.of("src", "test", "golden", "order.json").toFile(), new TypeReference<>() {});
    assertThat(cases).hasSize(5);
    for (Case expected : cases) {
      int[] order = Shuffle.permutation(expected.count, expected.seed, expected.stream);
      assertThat(Arrays.stream(order).limit(10).boxed()).isEqualTo(expected.first);
      assertThat(order[order.length - 1]).isEqualTo(expected.last);
    }
  }
}
