package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.run.RunConfiguration;

@DisplayName("A configuration for people")
class ConfigurationTextTest {
  @Test
  @DisplayName("has the beginning of a list as long as there are classes")
  void longLists() throws JsonProcessingException {
    assertThat(text(3)).contains("0.5").doesNotContain("more");
    assertThat(text(10_000))
        .contains("… and 9980 more")
        .hasLineCount(text(3).split("\n").length + 18);
  }

  private static String text(int weights) throws JsonProcessingException {
    String run =
        """
        {"contractVersion": 1, "runKey": "k", "name": "n", "model": {}, "dataset": {},
         "optimization": {}, "training": {"classWeights": {"values": %s}}}"""
            .formatted(Collections.nCopies(weights, 0.5));
    return ConfigurationText.yaml(new ObjectMapper().readValue(run, RunConfiguration.class));
  }
}
