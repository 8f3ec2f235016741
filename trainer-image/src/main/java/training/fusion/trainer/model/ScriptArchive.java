package training.fusion.trainer.model;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive made of source text: a zip of stored entries with the code of one class and
 * a pickle of one instance of it that has no tensors of its own.
 */
public final class ScriptArchive {
  private ScriptArchive() {}

  /**
   * Compiles methods into a program.
   *
   * @param methods TorchScript definitions in the form of a serialized module, each indented by two
   *     spaces, whose first parameter is {@code self: __torch__.Program}
   * @throws ai.djl.engine.EngineException where libtorch refuses the text, with its line
   */
  public static PtSymbolBlock compile(NDManager manager, String methods) {
    try {
      var archive = new ByteArrayInputStream(of(methods));
      return JniUtils.loadModule((PtNDManager) manager, archive, false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory only
    }
  }

  /** The archive of such methods, as a file of it is: {@code torch.jit.load} reads it anywhere. */
  public static byte[] of(String methods) {
    String code =
        "class Program(Module):\n"
            + "  __parameters__ = []\n"
            + "  __buffers__ = []\n"
            + "  training : bool\n"
            + methods;
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      store(zip, "program/data.pkl", instance());
      store(zip, "program/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      store(zip, "program/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "program/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory only
    }
    return bytes.toByteArray();
  }

  /** The pickle, protocol 2, of {@code Program()} with the attribute {@code training = False}. */
  private static byte[] instance() throws IOException {
    var pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write("c__torch__\nProgram\n".getBytes(StandardCharsets.US_ASCII));
    pickle.write(new byte[] {')', (byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});
    pickle.write("training".getBytes(StandardCharsets.US_ASCII));
    pickle.write(new byte[] {(byte) 0x89, 'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    StoredEntries.store(zip, name, ByteBuffer.wrap(content));
  }
}
