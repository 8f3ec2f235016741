package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Features as these processors' {@code /proc/cpuinfo} has them, among many others. */
@Tag("libtorch")
@DisplayName("A processor")
class ProcessorTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Haswell         | flags    | avx avx2 fma                                          | true
          Skylake         | flags    | avx2 avx512f avx512dq avx512bw avx512vl               | true
          Ice Lake        | flags    | avx2 avx512f avx512bw avx512vl avx512_vnni            | true
          Zen 3           | flags    | avx2 vaes vpclmulqdq                                  | true
          Alder Lake      | flags    | avx2 avx_vnni                                         | true
          Cooper Lake     | flags    | avx2 avx512f avx512bw avx512_vnni avx512_bf16         | false
          Zen 4           | flags    | avx2 avx512f avx512bw avx512_bf16 avx512_vnni         | false
          Sapphire Rapids | flags    | avx512f avx512bw avx512_bf16 amx_bf16 amx_tile        | false
          Neoverse N1     | Features | fp asimd asimdhp asimddp                              | true
          Neoverse V1     | Features | fp asimd asimdhp sve bf16 i8mm                        | false
          """)
  @DisplayName("without instructions for bf16 computes it in software")
  void bf16(String name, String key, String features, boolean emulates) {
    Processor processor =
        Processor.of(
            "processor\t: 0\nmodel name\t: %s\n%s\t\t: %s\n".formatted(name, key, features));
    assertThat(processor.model()).isEqualTo(name);
    assertThat(processor.emulatesBf16(Map.of())).isEqualTo(emulates);
  }

  @ParameterizedTest
  @CsvSource({
    "AVX2, true",
    "AVX512_CORE, true",
    "AVX512_CORE_VNNI, true",
    "AVX512_CORE_BF16, false",
    "AVX512_CORE_AMX, false",
    "DEFAULT, false"
  })
  @DisplayName("whose instructions for bf16 oneDNN may not use computes it in software, too")
  void limited(String isa, boolean emulates) {
    Processor processor = Processor.of("flags : avx512f avx512_bf16 amx_bf16");
    assertThat(processor.emulatesBf16(Map.of("ONEDNN_MAX_CPU_ISA", isa))).isEqualTo(emulates);
  }

  @Test
  @DisplayName("of which nothing is known is not called slow, and is named by its kind")
  void unknown() {
    assertThat(Processor.of("").emulatesBf16(Map.of())).isFalse();
    assertThat(Processor.of("").model()).isEqualTo(System.getProperty("os.arch"));
  }

  @Test
  @DisplayName("and what keeps libtorch from its instructions say which kernels compute")
  void kernels() {
    Libtorch.start(0, 1);
    Processor processor = Processor.of("model name : Some CPU\nflags : avx2");
    String free = processor.kernels(Map.of());
    assertThat(free).endsWith(" on Some CPU").doesNotStartWith(" on");
    assertThat(processor.kernels(Map.of("ONEDNN_MAX_CPU_ISA", "AVX2", "HOME", "/")))
        .isEqualTo(free + ", ONEDNN_MAX_CPU_ISA=AVX2");
  }
}
