package training.fusion.trainer.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.TensorHeader;

/** What arrays a file has. Their values are not read. */
public final class ArrayFile {
  private static final String NPY = ".npy";
  private static final String NPZ = ".npz";

  private ArrayFile() {}

  /** Whether its one array is named by the file. */
  public static boolean isNamedByFile(Path file) {
    return small(file).endsWith(NPY);
  }

  /**
   * Reads the headers.
   *
   * @param name of the array in a file that has one without a name
   * @throws TrainingFailure BadData, naming the file and the array that is not as expected
   */
  public static List<StoredArray> read(Path file, String name) {
    try {
      PlainFile.check(file);
      String small = small(file);
      if (small.endsWith(NPY)) {
        return List.of(npy(file, name));
      }
      return small.endsWith(NPZ) ? npz(file) : safetensors(file);
    } catch (EOFException e) {
      throw TrainingFailure.badData("%s ends too early; it is cut".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static String small(Path file) {
    return file.toString().toLowerCase(Locale.ROOT);
  }

  private static StoredArray npy(Path file, String name) throws IOException {
    try (var opened = new RandomAccessFile(file.toFile(), "r")) {
      return npy(opened, file, 0, opened.length(), name);
    }
  }

  private static StoredArray npy(
      RandomAccessFile opened, Path file, long begin, long length, String name) throws IOException {
    NpyHeader header;
    try {
      header = NpyHeader.read(opened, begin, length, name);
    } catch (IOException e) {
      throw TrainingFailure.badData(
          "%s%s cannot be used: %s"
              .formatted(file, isNamedByFile(file) ? "" : ", " + name + ",", e.getMessage()));
    }
    return new StoredArray(file, header.array(), begin + header.end());
  }

  /** NumPy's archive: a zip whose members are {@code NAME.npy}. */
  private static List<StoredArray> npz(Path file) throws IOException {
    List<StoredArray> arrays = new ArrayList<>();
    Set<String> names = new HashSet<>();
    try (ZipFile zip = ZipFile.builder().setPath(file).get();
        var opened = new RandomAccessFile(file.toFile(), "r")) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        String member = entry.getName();
        if (!member.endsWith(NPY)) {
          throw TrainingFailure.badData(
              "%s has %s in it, which is no array; write it by np.savez".formatted(file, member));
        }
        String name = member.substring(0, member.length() - NPY.length());
        if (entry.getMethod() != ZipArchiveEntry.STORED) {
          throw TrainingFailure.badData(
              "%s, %s, is compressed, and rows are read from anywhere in a file; write it by np.savez instead of np.savez_compressed"
                  .formatted(file, name));
        }
        if (!names.add(name)) {
          throw TrainingFailure.badData("%s has two arrays called %s".formatted(file, name));
        }
        if (entry.getDataOffset() + entry.getSize() > opened.length()) {
          throw new EOFException();
        }
        arrays.add(npy(opened, file, entry.getDataOffset(), entry.getSize(), name));
      }
    } catch (TrainingFailure | EOFException | FileSystemException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // what a directory of a zip may say is endless
      throw TrainingFailure.badData(
          "%s is no .npz file as np.savez writes it: %s"
              .formatted(file, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
    }
    return arrays;
  }

  private static List<StoredArray> safetensors(Path file) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      List<StoredArray> arrays = new ArrayList<>();
      for (TensorHeader header : opened.tensors()) {
        arrays.add(new StoredArray(file, header, opened.begin(header.name())));
      }
      return arrays;
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw TrainingFailure.badData(String.valueOf(e.getMessage()));
    }
  }
}
