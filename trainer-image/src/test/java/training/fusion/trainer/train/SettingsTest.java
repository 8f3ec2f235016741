package training.fusion.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import training.fusion.api.Architecture;
import training.fusion.api.run.RunConfiguration;

@DisplayName("A training that leaves something out has")
class SettingsTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  @Test
  @DisplayName("the values of the schema's defaults, field by field")
  void defaultsAreTheSchemas() throws IOException {
    ObjectNode written = configuration("EfficientNetV2-S");
    ObjectNode completed = written.deepCopy();
    JsonNode properties =
        YAML.readTree(
                Path.of("../crds/resources/crd/fusiontrainings.fusion.training.yaml").toFile())
            .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties");
    List<String> fields = new ArrayList<>();
    for (String part : List.of("training", "dataset", "checkpoint")) {
      complete(part, completed.withObject("/" + part), properties.get(part), fields);
    }

    assertThat(fields)
        .contains("training.epochs", "training.batchSize", "training.labelSmoothing")
        .contains("training.ema.decay", "training.sharpnessAware.rho")
        .contains("checkpoint.everyEpochs", "dataset.resize", "training.precision");
    assertThat(Settings.of(read(written)))
        .usingRecursiveComparison()
        .ignoringFields("run")
        .isEqualTo(Settings.of(read(completed)));
  }

  /** As an API server: what is absent, in objects that are there. */
  private static void complete(
      String path, ObjectNode object, JsonNode schema, List<String> completed) {
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      String field = path + "." + property.getKey();
      JsonNode otherwise = property.getValue().path("default");
      if (!object.has(property.getKey()) && !otherwise.isMissingNode()) {
        object.set(property.getKey(), otherwise.deepCopy());
        completed.add(field);
      }
      if (object.get(property.getKey()) instanceof ObjectNode inner) {
        complete(field, inner, property.getValue(), completed);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  @DisplayName("an image size of which the network looks at every pixel")
  void everyNetworksOwnSizeFitsIt(Architecture architecture) {
    Settings settings = Settings.of(read(configuration(architecture.toString())));

    assertThat(settings.imageSize()).isEqualTo(architecture.imageSize());
    assertThat(settings.unseenPixels()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ViT-B-16, 244, 4, 240 or 256",
    "ViT-B-16, 33, 1, 32 or 48",
    "DeiT-S-16, 47, 15, 32 or 48",
    "ViT-B-32, 240, 16, 224 or 256"
  })
  @DisplayName("no size of which a network drops a part without a word")
  void aSizeOfNoWholePatchesIsNamed(String architecture, int pixels, int unseen, String choice) {
    ObjectNode configuration = configuration(architecture);
    configuration.withObject("/training").put("imageSize", pixels);

    assertThat(Settings.of(read(configuration)).unseenPixels().orElseThrow())
        .startsWith("training.imageSize: " + pixels + " pixels are ")
        .contains("the last " + unseen + " rows and columns")
        .endsWith("choose " + choice);
  }

  private static ObjectNode configuration(String architecture) {
    try {
      return (ObjectNode)
          YAML.readTree(
              """
              contractVersion: 1
              name: defaults
              runKey: defaults
              gpuCount: 0
              model: {architecture: %s}
              dataset: {format: IDX, source: {persistentVolumeClaim: {claimName: data}}}
              optimization: {single: {optimizer: {type: Adam}}}
              training: {ema: {}, sharpnessAware: {}}
              checkpoint: {volume: {persistentVolumeClaim: {claimName: runs}}}
              """
                  .formatted(architecture));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RunConfiguration read(JsonNode configuration) {
    return new ObjectMapper().convertValue(configuration, RunConfiguration.class);
  }
}
