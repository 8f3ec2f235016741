package training.fusion.trainer.model;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** How the libtorch that is loaded was built: compiler, CUDA, cuDNN. */
public final class LibtorchBuild {
  /** {@code std::string at::show_config()}. */
  private static final String SHOW_CONFIG = "_ZN2at11show_configB5cxx11Ev";

  private static final int SIZE_OF_STRING = 32;
  private static final int LENGTH = 8; // where a std::string has its length, behind the pointer

  private LibtorchBuild() {}

  /**
   * What libtorch says of itself, a fact a line; {@link Libtorch#start} comes first. Empty on other
   * processors than x86-64, whose functions take the place for a returned string elsewhere.
   */
  public static List<String> facts() {
    if (!"amd64".equals(System.getProperty("os.arch"))) {
      return List.of();
    }
    Path path = Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu"));
    try (var string = new Memory(SIZE_OF_STRING)) {
      NativeLibrary.getInstance(path.toString())
          .getFunction(SHOW_CONFIG)
          .invokeVoid(new Object[] {string});
      byte[] text = string.getPointer(0).getByteArray(0, (int) string.getLong(LENGTH));
      return new String(text, StandardCharsets.US_ASCII)
          .lines()
          .map(line -> line.replaceFirst("^ *- ", ""))
          .toList();
    } catch (UnsatisfiedLinkError e) {
      return List.of(); // another libtorch, which keeps it to itself
    }
  }
}
