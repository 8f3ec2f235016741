package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import training.fusion.api.Architecture;
import training.fusion.trainer.model.architecture.ParameterSpec;

class ArchitectureTableTest {
  private static final ArchitectureTable TABLE =
      ArchitectureTable.of(Architecture.EFFICIENTNET_V2_S, 10);

  @Test
  void eachBlockHasTorchvisionsNumberOfParameters() {
    List<Long> perBlock =
        IntStream.rangeClosed(0, TABLE.blocks()).mapToObj(TABLE::parametersIn).toList();
    assertThat(perBlock)
        .containsExactly(
            696L,
            10_464L,
            303_552L,
            589_184L,
            917_680L,
            3_463_840L,
            14_561_832L,
            330_240L,
            12_810L);
    assertThat(perBlock.stream().flatMapToLong(LongStream::of).sum()).isEqualTo(20_190_298);
  }

  @Test
  void aVisionTransformerHasTorchvisionsNumbersAndItsBoundaryTheFacts() {
    ArchitectureTable vit = ArchitectureTable.of(Architecture.VIT_B_16, 10);
    assertThat(vit.blocks()).isEqualTo(12);
    assertThat(vit.parameters()).hasSize(152);
    assertThat(vit.buffers()).isEmpty();
    assertThat(IntStream.rangeClosed(0, 10).mapToLong(vit::parametersIn).sum())
        .isEqualTo(78_709_248);
    assertThat(vit.parametersIn(11) + vit.parametersIn(12)).isEqualTo(7_097_098);
    ArchitectureTable imageNet = ArchitectureTable.of(Architecture.VIT_B_16, 1000);
    assertThat(imageNet.parameters().stream().mapToLong(ParameterSpec::size).sum())
        .isEqualTo(86_567_656);
  }

  @Test
  void positionsAreThoseOfTheWholePatches() {
    for (int size : new int[] {32, 40, 47}) {
      assertThat(position(size).shape().getShape()).containsExactly(1, 5, 768);
    }
    assertThat(position(244).shape().getShape()).containsExactly(1, 15 * 15 + 1, 768);
  }

  private static ParameterSpec position(int imageSize) {
    return ArchitectureTable.of(Architecture.VIT_B_16, 10, imageSize).parameters().stream()
        .filter(p -> p.name().equals("encoder.pos_embedding"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aVisionTransformerBeginsAsTorchvisions() {
    List<ParameterSpec> parameters = ArchitectureTable.of(Architecture.VIT_B_16, 10).parameters();
    assertDeviation(parameters, "conv_proj.weight", Math.sqrt(1.0 / 768), 1);
    assertDeviation(parameters, "encoder.pos_embedding", 0.02, 1);
    String first = "encoder.layers.encoder_layer_0.";
    // uniform in ±a has the deviation a/√3
    assertDeviation(parameters, first + "self_attention.in_proj_weight", Math.sqrt(2.0 / 3072), 1);
    assertDeviation(parameters, first + "self_attention.out_proj.weight", Math.sqrt(1 / 2304.0), 1);
    assertDeviation(parameters, first + "mlp.0.weight", Math.sqrt(2.0 / 3840), 1);
    assertDeviation(parameters, first + "mlp.0.bias", 1e-6, 5);
    for (String zero : List.of("class_token", "conv_proj.bias", "heads.head.weight")) {
      assertDeviation(parameters, zero, 0, 0);
    }
  }

  private static void assertDeviation(
      List<ParameterSpec> parameters, String name, double expected, double percent) {
    int index = parameters.stream().map(ParameterSpec::name).toList().indexOf(name);
    float[] values = Initializer.values(parameters.get(index), index, 3);
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    assertThat(Math.sqrt(squares / values.length))
        .as(name)
        .isCloseTo(expected, org.assertj.core.api.Assertions.withinPercentage(percent));
  }

  @Test
  void thereAre452ParametersAnd330Buffers() {
    assertThat(TABLE.parameters()).hasSize(452);
    assertThat(TABLE.buffers()).hasSize(330);
    assertThat(TABLE.parameters().get(0).name()).isEqualTo("features.0.0.weight");
    assertThat(TABLE.parameters().get(451).name()).isEqualTo("classifier.1.bias");
  }

  @Test
  void withAThousandClassesItIsImageNetsSize() {
    ArchitectureTable imageNet = ArchitectureTable.of(Architecture.EFFICIENTNET_V2_S, 1000);
    assertThat(imageNet.parameters().stream().mapToLong(ParameterSpec::size).sum())
        .isEqualTo(21_458_488);
  }

  @Test
  void initialWeightsDependOnSeedAndParameterAlone() {
    ParameterSpec convolution = TABLE.parameters().get(0);
    float[] values = Initializer.values(convolution, 0, 7);
    assertThat(java.util.Arrays.copyOf(values, 3))
        .containsExactly(3.3307608E-4f, -0.18429758f, 0.07598542f);
    assertThat(Initializer.values(convolution, 0, 7)).isEqualTo(values);
    assertThat(Initializer.values(convolution, 0, 8)).isNotEqualTo(values);
    assertThat(Initializer.values(convolution, 1, 7)).isNotEqualTo(values);
  }

  /** All of them, for the rare branches of a sampler are where two JDKs have differed. */
  @Test
  void initialWeightsAreTheSameBitsOnEveryJdk() {
    var checksum = new CRC32();
    for (int index = 0; index < TABLE.parameters().size(); index++) {
      for (float value : Initializer.values(TABLE.parameters().get(index), index, 7)) {
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
          checksum.update(bits >>> shift);
        }
      }
    }
    assertThat(checksum.getValue()).isEqualTo(2_878_322_694L);
  }

  @Test
  void convolutionsBeginKaimingNormalAndTheHeadWithinOneOverTheRootOfFanIn() {
    ParameterSpec projection =
        TABLE.parameters().stream()
            .filter(p -> p.name().equals("features.7.0.weight"))
            .findFirst()
            .orElseThrow();
    float[] values = Initializer.values(projection, 3, 1);
    double squares = 0;
    for (float value : values) {
      squares += value * value;
    }
    assertThat(Math.sqrt(squares / values.length))
        .isCloseTo(Math.sqrt(2.0 / 1280), org.assertj.core.api.Assertions.withinPercentage(1));
    float[] head = Initializer.values(TABLE.parameters().get(450), 450, 1);
    for (float value : head) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo((float) (1 / Math.sqrt(1280)));
    }
  }
}
