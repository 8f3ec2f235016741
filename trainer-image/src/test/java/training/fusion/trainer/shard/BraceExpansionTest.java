package training.fusion.trainer.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Names in braces")
class BraceExpansionTest {
  @Test
  @DisplayName("stand for what WebDataset's braceexpand makes of them")
  void asBraceexpand() throws IOException {
    for (Map.Entry<String, JsonNode> pattern : GoldenShards.expected().get("braces").properties()) {
      List<String> expected = new ArrayList<>();
      pattern.getValue().forEach(name -> expected.add(name.asText()));
      assertThat(BraceExpansion.of(pattern.getKey(), 100))
          .as(pattern.getKey())
          .containsExactlyElementsOf(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a{", "a}", "{0..", "}{", "{a..3}", "{1.2}", "{0..1x}"})
  @DisplayName("that are neither a range nor a list, or not closed, stand for themselves")
  void standForThemselves(String name) {
    assertThat(BraceExpansion.of(name, 10)).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{0..999999999}",
        "{0..10}",
        "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
        "{-999999999..999999999..999999}"
      })
  @DisplayName("are refused as soon as they are too many")
  void areNotTooMany(String name) {
    assertThatThrownBy(() -> BraceExpansion.of(name, 10))
        .isInstanceOf(BraceExpansion.TooMany.class)
        .hasMessage("stands for more than 10 names");
  }
}
