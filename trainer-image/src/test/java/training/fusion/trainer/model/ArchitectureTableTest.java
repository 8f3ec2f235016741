package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import training.fusion.api.Architecture;

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
