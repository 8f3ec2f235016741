package training.fusion.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.operator.status.Scene;

class MergePatchTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{}                      | {\"a\":1}               | {\"a\":1}",
        "{\"a\":1}               | {\"a\":2}               | {\"a\":2}",
        "{\"a\":1}               | {}                      | {\"a\":null}",
        "{\"a\":1,\"b\":2}       | {\"a\":1}               | {\"b\":null}",
        "{\"a\":{\"b\":1}}       | {\"a\":{\"b\":1,\"c\":2}} | {\"a\":{\"c\":2}}",
        "{\"a\":{\"b\":1,\"c\":2}} | {\"a\":{\"c\":2}}     | {\"a\":{\"b\":null}}",
        "{\"a\":[1,2]}           | {\"a\":[1,3]}           | {\"a\":[1,3]}",
        "{\"a\":{\"b\":1}}       | {\"a\":2}               | {\"a\":2}",
        "{\"a\":{\"b\":1}}       | {\"a\":{\"b\":1}}       | {}",
        "{\"a\":null}            | {}                      | {}",
        "{}                      | {\"a\":null}            | {}",
      })
  void thePatchTurnsOneIntoTheOtherAndIsNoLarger(String from, String to, String patch)
      throws Exception {
    assertThat(MergePatch.between(tree(from), tree(to))).isEqualTo(tree(patch));
  }

  @Test
  void appliedAsAnApiServerDoesItThePatchGivesTheTarget() throws Exception {
    ObjectNode from = tree("{\"a\":{\"b\":1,\"c\":[1]},\"d\":\"x\",\"e\":{\"f\":{}}}");
    ObjectNode to = tree("{\"a\":{\"c\":[2]},\"e\":{\"f\":{\"g\":1}},\"h\":true}");
    Scene.merge(from, MergePatch.between(from.deepCopy(), to));
    assertThat(from).isEqualTo(to);
  }

  private static ObjectNode tree(String json) throws Exception {
    return (ObjectNode) new ObjectMapper().readTree(json);
  }
}
