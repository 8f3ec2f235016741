package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.run.RunConfiguration;

@DisplayName("The FusionTraining of a run, as text,")
class TrainingTextTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIGURATION =
      """
      {"contractVersion": 1, "name": "default/small", "runKey": "k", "gpuCount": 1,
       "progressDeadlineSeconds": 600,
       "model": {"architecture": "EfficientNetV2-S"},
       "dataset": {"format": "IDX", "source": {"persistentVolumeClaim": {"claimName": "1e-3"}}},
       "optimization": {"single": {"optimizer": {"type": "Adam", "learningRate": 5e-4}}},
       "training": {"epochs": 3, "imageSize": 32, "schedule": {"type": "Constant"}},
       "tracking": {"mlflow": {"trackingUri": "https://me:KEY@mlflow.example/?sig=KEY"}},
       "report": {"pictures": false},
       "artifacts": {"s3": {"uri": "s3://results/models", "secretName": "keys"}}}
      """;

  @Test
  @DisplayName("has kind, name and spec, what it was given of GPUs, and no key of an address")
  void whole() throws JsonProcessingException {
    assertThat(TrainingText.yaml(configuration("default/small")))
        .isEqualTo(
            """
            # Addresses are without user, password and query: put back what they need.
            apiVersion: fusion.training/v1alpha1
            kind: FusionTraining
            metadata:
              name: small
            spec:
              model:
                architecture: EfficientNetV2-S
              dataset:
                format: IDX
                source:
                  persistentVolumeClaim:
                    claimName: "1e-3"
              optimization:
                single:
                  optimizer:
                    type: Adam
                    learningRate: 5.0E-4
              training:
                epochs: 3
                imageSize: 32
                schedule:
                  type: Constant
              tracking:
                mlflow:
                  trackingUri: https://mlflow.example/
              report:
                pictures: false
              artifacts:
                s3:
                  uri: s3://results/models
                  secretName: keys
              runPolicy:
                progressDeadlineSeconds: 600
              pod:
                gpu:
                  count: 1
            """);
  }

  @Test
  @DisplayName("names the namespace, where it is not the default one")
  void namespace() throws JsonProcessingException {
    assertThat(TrainingText.yaml(configuration("vision/small")))
        .contains("metadata:\n  name: small\n  namespace: vision\n");
  }

  @Test
  @DisplayName("leaves a list out that is longer than a page, and says so")
  void cut() throws IOException {
    ObjectNode tree = (ObjectNode) JSON.readTree(CONFIGURATION);
    ArrayNode values = tree.withObject("/training/classWeights").putArray("values");
    for (int i = 0; i < 10_000; i++) {
      values.add(1);
    }
    assertThat(TrainingText.yaml(JSON.treeToValue(tree, RunConfiguration.class)))
        .contains("# A list is too long for this page, and left out: configuration.json")
        .hasSizeLessThan(2000);
  }

  private static RunConfiguration configuration(String name) throws JsonProcessingException {
    return JSON.readValue(CONFIGURATION.replace("default/small", name), RunConfiguration.class);
  }
}
