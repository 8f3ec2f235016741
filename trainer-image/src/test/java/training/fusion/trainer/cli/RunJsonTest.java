package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.trainer.TrainingFailure;

@DisplayName("A pod's configuration")
class RunJsonTest {
  private static final int LONGEST = 128 * 1024 - 100;

  @Test
  @DisplayName("may be longer than one variable can be")
  void several() {
    List<Double> weights = IntStream.rangeClosed(1, 60_000).mapToObj(i -> i / 7.0).toList();
    String json =
        """
        {"contractVersion":1,"name":"ä→😀","runKey":"k3y","gpuCount":0,"model":{},\
        "dataset":{},"optimization":{},"training":{"classWeights":{"values":%s}}}\
        """
            .formatted(weights);
    Map<String, String> environment = new HashMap<>();
    for (int start = 0; start < json.length(); start += LONGEST) {
      String name = "FUSION_RUN_CONFIGURATION" + (start == 0 ? "" : "_" + (start / LONGEST + 1));
      environment.put(name, json.substring(start, Math.min(json.length(), start + LONGEST)));
    }
    assertThat(environment).hasSizeGreaterThan(8);

    var run = RunJson.ofPod(environment);

    assertThat(run.name()).isEqualTo("ä→😀");
    assertThat(Objects.requireNonNull(run.training().classWeights()).values()).isEqualTo(weights);
    environment.remove("FUSION_RUN_CONFIGURATION_5");
    assertThatThrownBy(() -> RunJson.ofPod(environment))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("FUSION_RUN_CONFIGURATION is not JSON");
  }
}
