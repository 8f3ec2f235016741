package training.fusion.trainer.listing;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.FileName;

/**
 * Reads the names in a folder. Linux tells with each what it is, many in a call, which Java's own
 * API throws away: whoever needs it there has to ask for each file again, and on a network's file
 * system waits for each answer.
 */
final class DirectoryNames {
  /** What Linux says that a name is: {@code d_type} of readdir(3). */
  enum Type {
    FILE,
    FOLDER,
    LINK,
    OTHER,

    /** The file system, or the platform, does not say. */
    UNKNOWN
  }

  // fcntl.h
  private static final int DIRECTORY = Platform.isARM() ? 0x4000 : 0x10000;
  private static final int CLOSE_ON_EXEC = 0x80000;

  // struct dirent64 of dirent.h
  private static final int LENGTH_AT = 16;
  private static final int TYPE_AT = 18;
  private static final int NAME_AT = 19;

  private static final int BUFFER_BYTES = 1 << 17;
  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder()));

  private static final @Nullable DirectoryNames LINUX = ofLinux();

  private final Function open;
  private final Function read;
  private final Function close;

  private DirectoryNames(Function open, Function read, Function close) {
    this.open = open;
    this.read = read;
    this.close = close;
  }

  private static @Nullable DirectoryNames ofLinux() {
    if (!Platform.isLinux() || !Platform.is64Bit() || !(Platform.isIntel() || Platform.isARM())) {
      return null;
    }
    try {
      NativeLibrary library = NativeLibrary.getProcess();
      return new DirectoryNames(
          library.getFunction("open"),
          library.getFunction("getdents64"), // glibc 2.30
          library.getFunction("close"));
    } catch (UnsatisfiedLinkError e) {
      return null;
    }
  }

  /**
   * Reads them, in no order.
   *
   * @throws IOException if the folder is not there, or may not be read
   */
  static void read(Path folder, BiConsumer<byte[], Type> names) throws IOException {
    if (LINUX == null || !LINUX.readByCalls(folder, names)) {
      readPortably(folder, names);
    }
  }

  /** Java's way, which also says in its exceptions what is wrong with a folder. */
  private static void readPortably(Path folder, BiConsumer<byte[], Type> names) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        names.accept(FileName.bytes(entry.getFileName()), Type.UNKNOWN);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** False if the folder cannot be opened; then nothing was read. */
  private boolean readByCalls(Path folder, BiConsumer<byte[], Type> names) throws IOException {
    byte[] path = FileName.bytes(folder.toAbsolutePath());
    int file =
        open.invokeInt(
            new Object[] {Arrays.copyOf(path, path.length + 1), DIRECTORY | CLOSE_ON_EXEC});
    if (file < 0) {
      return false;
    }
    try {
      ByteBuffer buffer = BUFFER.get();
      while (true) {
        long length = read.invokeLong(new Object[] {file, buffer, (long) BUFFER_BYTES});
        if (length < 0) {
          throw new IOException(
              "its names cannot be read (error %d of the system)".formatted(Native.getLastError()));
        }
        if (length == 0) {
          return true;
        }
        parse(buffer, (int) length, names);
      }
    } finally {
      close.invokeInt(new Object[] {file});
    }
  }

  private static void parse(ByteBuffer entries, int length, BiConsumer<byte[], Type> names) {
    for (int at = 0; at < length; at += Short.toUnsignedInt(entries.getShort(at + LENGTH_AT))) {
      int end = at + NAME_AT;
      while (entries.get(end) != 0) {
        end++;
      }
      byte[] name = new byte[end - at - NAME_AT];
      entries.get(at + NAME_AT, name);
      if (!isFolderItself(name)) {
        names.accept(name, type(entries.get(at + TYPE_AT)));
      }
    }
  }

  private static boolean isFolderItself(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }

  private static Type type(byte type) {
    return switch (type) {
      case 0 -> Type.UNKNOWN;
      case 4 -> Type.FOLDER;
      case 8 -> Type.FILE;
      case 10 -> Type.LINK;
      default -> Type.OTHER;
    };
  }
}
