package training.fusion.operator.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.run.ParameterCounts;
import training.fusion.api.run.RunResult;

@DisplayName("A termination message")
class TerminationMessageTest {
  @Test
  @DisplayName("is read with a bound for each field of a result")
  void fields() {
    List<String> bounded = new ArrayList<>(TerminationMessage.PARTS.keySet());
    bounded.addAll(List.of("contractVersion", "runKey", "parameters"));
    assertThat(names(RunResult.class)).containsExactlyInAnyOrderElementsOf(bounded);
    assertThat(names(ParameterCounts.class))
        .containsExactlyInAnyOrderElementsOf(TerminationMessage.PARAMETERS.keySet());
  }

  @Test
  @DisplayName("that is cut anywhere has the fields before, and no number that is half there")
  void cut() {
    String whole = HostileMessages.valid("k3y");
    var all = CutJson.read(whole).orElseThrow();
    assertThat(all.cut()).isFalse();
    IntStream.range(0, whole.length())
        .mapToObj(end -> CutJson.read(whole.substring(0, end)))
        .flatMap(cut -> cut.stream())
        .forEach(
            cut -> {
              assertThat(cut.cut()).isTrue();
              assertThat(all.object().properties()).containsAll(cut.object().properties());
            });
  }

  private static List<String> names(Class<?> record) {
    return Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName).toList();
  }
}
