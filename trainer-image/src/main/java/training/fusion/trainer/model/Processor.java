package training.fusion.trainer.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processor, as Linux describes it.
 *
 * @param model the maker's name of it; where Linux has none, Java's of its kind
 * @param features names of what it can do; empty: not known
 */
public record Processor(String model, Set<String> features) {
  /** Variables that keep oneDNN, MKL or ATen from some of a processor's instructions. */
  private static final List<String> LIMITS =
      List.of(
          "ATEN_CPU_CAPABILITY",
          "ONEDNN_MAX_CPU_ISA",
          "DNNL_MAX_CPU_ISA",
          "MKL_ENABLE_INSTRUCTIONS",
          "MKL_CBWR");

  private static final List<String> ISA_LIMITS = List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

  /** Those of oneDNN's instruction sets that have arithmetic for bf16. */
  private static final Pattern ISA_WITH_BF16 =
      Pattern.compile("(?i).*(BF16|FP16|AMX).*|AVX10.*|DEFAULT|ALL");

  public Processor {
    features = Set.copyOf(features);
  }

  /** That of this machine. */
  public static Processor ofThisMachine() {
    try {
      return of(Files.readString(Path.of("/proc/cpuinfo")));
    } catch (IOException e) {
      return of(""); // another system
    }
  }

  /** The first of those that a text in the form of {@code /proc/cpuinfo} tells of. */
  static Processor of(String text) {
    return new Processor(
        value(text, "model name").orElse(System.getProperty("os.arch")),
        new TreeSet<>(
            value(text, "flags")
                .or(() -> value(text, "Features"))
                .map(features -> Arrays.asList(features.split("\\s+", -1)))
                .orElse(List.of())));
  }

  private static Optional<String> value(String text, String key) {
    return text.lines()
        .filter(line -> line.startsWith(key) && line.contains(":"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  /**
   * Whether bf16 is computed in software, and so slower than fp32: the processor has no
   * instructions for it, or oneDNN may not use them. False where that is not known.
   */
  public boolean emulatesBf16(Map<String, String> environment) {
    if (features.isEmpty()) {
      return false;
    }
    boolean limited =
        ISA_LIMITS.stream()
            .map(environment::get)
            .anyMatch(
                isa -> isa != null && !isa.isEmpty() && !ISA_WITH_BF16.matcher(isa).matches());
    return limited || Stream.of("avx512_bf16", "amx_bf16", "bf16").noneMatch(features::contains);
  }

  /**
   * Which kernels libtorch computes with: a run goes on bit for bit where they are the same. They
   * follow from ATen's choice and from oneDNN's and MKL's, which look at the processor themselves;
   * {@link Libtorch#start} comes first.
   */
  public String kernels(Map<String, String> environment) {
    return LibtorchBuild.cpuCapability().orElse(System.getProperty("os.arch"))
        + " on "
        + model
        + LIMITS.stream()
            .filter(environment::containsKey)
            .map(name -> ", %s=%s".formatted(name, environment.get(name)))
            .collect(Collectors.joining());
  }
}
