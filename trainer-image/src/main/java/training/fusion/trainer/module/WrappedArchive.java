package training.fusion.trainer.module;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipOutputStream;
import training.fusion.trainer.model.StoredEntries;

/**
 * A TorchScript file within another one: the class of the program around it has it as its attribute
 * {@code net}.
 */
final class WrappedArchive {
  /** A module of code that no other has: qualified names may be anybody's. */
  private static final String MODULE = "__torch__.fusion_training_program";

  private WrappedArchive() {}

  /**
   * Writes it.
   *
   * @param methods of a class that they call {@code __torch__.Program}
   */
  static void write(Path to, ModuleFile file, String methods) throws IOException {
    String code =
        "class Program(Module):\n"
            + "  __parameters__ = []\n"
            + "  __buffers__ = []\n"
            + "  training : bool\n"
            + "  net : %s\n".formatted(file.rootClass().name())
            + methods.replace("__torch__.Program", MODULE + ".Program");
    try (var zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(to)))) {
      for (String name : file.archive().names()) {
        if (name.equals("data.pkl") || name.endsWith("/") || !isNeeded(name)) {
          continue;
        }
        StoredEntries.store(zip, "program/" + name, file.entry(name));
      }
      StoredEntries.store(
          zip,
          "program/code/" + MODULE.replace('.', '/') + ".py",
          ByteBuffer.wrap(code.getBytes(StandardCharsets.UTF_8)));
      StoredEntries.store(zip, "program/data.pkl", ByteBuffer.wrap(around(file.entry("data.pkl"))));
    }
  }

  private static boolean isNeeded(String name) {
    return !name.endsWith(".debug_pkl")
        && !name.startsWith("traced_inputs")
        && !name.startsWith("extra/")
        && (!name.startsWith(".data/") || name.equals(ModuleFile.NEWER_VERSION));
  }

  /** The pickle, protocol 2, of {@code Program()} with what another pickle is as {@code net}. */
  private static byte[] around(ByteBuffer other) throws IOException {
    byte[] net = new byte[other.remaining()];
    other.duplicate().get(net);
    var pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write(("c" + MODULE + "\nProgram\n").getBytes(StandardCharsets.US_ASCII));
    pickle.write(new byte[] {')', (byte) 0x81, '}', '('});
    text(pickle, "training");
    pickle.write(0x89);
    text(pickle, "net");
    pickle.write(net, 2, net.length - 3); // without its protocol and its end
    pickle.write(new byte[] {'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void text(ByteArrayOutputStream pickle, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    pickle.write(new byte[] {'X', (byte) bytes.length, 0, 0, 0});
    pickle.write(bytes);
  }
}
