package training.fusion.trainer.model;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import training.fusion.api.Training.Precision;

/**
 * Switches of libtorch's global context that DJL does not reach. They are exported C++ symbols, and
 * a backward pass reads them whatever the forward pass was told.
 */
public final class LibtorchContext {
  private static final String CONTEXT = "_ZN2at7Context";
  private static final String CONST_CONTEXT = "_ZNK2at7Context";

  private final NativeLibrary library;
  private final Pointer context;

  private LibtorchContext(NativeLibrary library) {
    this.library = library;
    this.context = library.getFunction("_ZN2at13globalContextEv").invokePointer(new Object[0]);
  }

  /**
   * The context of the libtorch that is loaded; {@link Libtorch#start} comes first.
   *
   * @throws Libtorch.DeviceException if this libtorch does not have the symbols
   */
  public static LibtorchContext get() {
    Path path = Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu"));
    try {
      return new LibtorchContext(NativeLibrary.getInstance(path.toString()));
    } catch (UnsatisfiedLinkError e) {
      throw new Libtorch.DeviceException(
          "libtorch's switches for TF32 and determinism are not to be found in %s: %s; use the libtorch that this trainer was built with"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /** TF32 in convolutions and matrix products for precision TF32 alone: cuDNN's default is on. */
  public void setPrecision(Precision precision) {
    boolean tf32 = precision == Precision.TF32;
    set("17setAllowTF32CuDNNEb", tf32);
    set("18setAllowTF32CuBLASEb", tf32);
  }

  /**
   * Kernels that repeat themselves bit for bit. An operation that has none warns and goes on: what
   * is trained here was seen to have one.
   */
  public void setDeterministic(boolean deterministic) {
    set("21setDeterministicCuDNNEb", deterministic);
    set("17setBenchmarkCuDNNEb", !deterministic);
    function(CONTEXT + "26setDeterministicAlgorithmsEbb")
        .invokeVoid(new Object[] {context, flag(deterministic), flag(true)});
  }

  boolean allowsTf32Convolutions() {
    return is("14allowTF32CuDNNEv");
  }

  boolean allowsTf32Products() {
    return is("15allowTF32CuBLASEv");
  }

  boolean isDeterministic() {
    return is("18deterministicCuDNNEv") && is("23deterministicAlgorithmsEv");
  }

  private void set(String setter, boolean value) {
    function(CONTEXT + setter).invokeVoid(new Object[] {context, flag(value)});
  }

  private boolean is(String getter) {
    int result = function(CONST_CONTEXT + getter).invokeInt(new Object[] {context});
    return (result & 0xFF) != 0; // a C++ bool fills one byte of the register
  }

  private Function function(String symbol) {
    return library.getFunction(symbol);
  }

  private static byte flag(boolean value) {
    return (byte) (value ? 1 : 0);
  }
}
