package training.fusion.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An absent pod.gpu.count")
class GpuDefaultTest {
  @ParameterizedTest(name = "{0} of a {1} is open: {2}")
  @DisplayName("is open where nothing says what computes")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spec: {}                                             | FusionTraining | true
          spec: {pod: {gpu: {count: 0}}}                       | FusionTraining | false
          spec: {pod: {gpu: {count: 1}}}                       | FusionTraining | false
          spec: {pod: {gpu: {count: null}}}                    | FusionTraining | true
          spec: {pod: {gpu: {resourceClaimTemplateName: a}}}   | FusionTraining | false
          spec: {template: {training: {epochs: 1}}}            | FusionSweep    | true
          spec: {template: {pod: {gpu: {count: 0}}}}           | FusionSweep    | false
          """)
  void open(String spec, String kind, boolean open) {
    assertThat(GpuDefault.isOpen(read(kind, spec))).isEqualTo(open);
  }

  @Test
  @DisplayName("is decided by what there is, in a sweep for all trials")
  void decided() {
    assertThat(GpuDefault.decided(read("FusionTraining", "spec: {}"), 1).value().at("/spec/pod"))
        .hasToString("{\"gpu\":{\"count\":1}}");
    Resource sweep = GpuDefault.decided(read("FusionSweep", "spec: {}"), 0);
    assertThat(sweep.value().at("/spec/template/pod")).hasToString("{\"gpu\":{\"count\":0}}");
    assertThat(sweep.locate(new Problem("spec.template.pod.gpu.count", "no")))
        .startsWith("spec.template.pod.gpu.count is absent, and libtorch sees no GPU here: ");
  }

  private static Resource read(String kind, String spec) {
    return ResourceReader.read("a.yaml", "kind: " + kind + "\n" + spec).get(0);
  }
}
