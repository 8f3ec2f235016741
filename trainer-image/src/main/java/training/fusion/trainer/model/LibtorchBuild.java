package training.fusion.trainer.model;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the libtorch that is loaded was built, as it says itself. */
public final class LibtorchBuild {
  /** {@code std::string at::show_config()}. */
  private static final String SHOW_CONFIG = "_ZN2at11show_configB5cxx11Ev";

  private static final int SIZE_OF_STRING = 32;
  private static final int LENGTH = 8; // where a std::string has its length, behind the pointer

  private LibtorchBuild() {}

  /**
   * A setting such as {@code CUDA_VERSION}, whether or not there is a GPU; {@link Libtorch#start}
   * comes first. Empty where it was built without, and on other processors than x86-64, where a
   * returned string has its place elsewhere.
   */
  public static Optional<String> setting(String name) {
    Matcher matcher = Pattern.compile("[ ,]" + name + "=([^,\\s]*)").matcher(configuration());
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /**
   * Which instructions libtorch's own kernels have on this processor, as ATen names it: {@code
   * AVX512}, {@code AVX2}, {@code NO AVX}; {@link Libtorch#start} comes first. Empty as for a
   * setting.
   */
  public static Optional<String> cpuCapability() {
    Matcher matcher = Pattern.compile("CPU capability usage: (.*)").matcher(configuration());
    return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
  }

  /**
   * What its kernels for GPUs were built for, as {@code sm_90}; it tells where it sees one. Empty
   * as for a setting.
   */
  static List<String> architectures() {
    return GpuFindings.architectures(configuration());
  }

  private static String configuration() {
    if (!"amd64".equals(System.getProperty("os.arch"))) {
      return "";
    }
    Path path = Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu"));
    try (var string = new Memory(SIZE_OF_STRING)) {
      NativeLibrary.getInstance(path.toString())
          .getFunction(SHOW_CONFIG)
          .invokeVoid(new Object[] {string});
      byte[] text = string.getPointer(0).getByteArray(0, (int) string.getLong(LENGTH));
      return new String(text, StandardCharsets.US_ASCII);
    } catch (UnsatisfiedLinkError e) {
      return ""; // another libtorch, which keeps it to itself
    }
  }
}
