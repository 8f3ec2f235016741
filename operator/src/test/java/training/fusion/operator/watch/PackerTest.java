package training.fusion.operator.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.operator.status.Scene;
import training.fusion.operator.watch.Packer.Packed;

class PackerTest {
  private final Packer packer = new Packer();

  @ParameterizedTest
  @MethodSource
  void whatIsPackedIsUnpackedAsItWas(byte[] document) {
    for (int time = 0; time < 250; time++) {
      assertThat(packer.pack(document).unpack()).isEqualTo(document);
    }
  }

  static Stream<byte[]> whatIsPackedIsUnpackedAsItWas() {
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    return Stream.of(new byte[0], "{}".getBytes(UTF_8), json(7), noise);
  }

  @Test
  void eachIsUnpackedByTheDictionaryThatItWasPackedWith() {
    List<Packed> all = IntStream.range(0, 1000).mapToObj(i -> packer.pack(json(i))).toList();
    assertThat(IntStream.range(0, 1000).mapToObj(i -> all.get(i).unpack()))
        .containsExactlyElementsOf(IntStream.range(0, 1000).mapToObj(PackerTest::json).toList());
  }

  @Test
  void alikeOnesTakeAFractionOfTheirLength() {
    packer.pack(json(1));
    assertThat(packer.pack(json(2)).size()).isLessThan(json(2).length / 8);
  }

  private static byte[] json(int item) {
    return Scene.ofTraining()
        .training()
        .getSpec()
        .toString()
        .concat("item-" + item)
        .getBytes(UTF_8);
  }
}
