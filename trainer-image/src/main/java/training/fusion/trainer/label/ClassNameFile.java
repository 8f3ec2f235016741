package training.fusion.trainer.label;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import training.fusion.trainer.FileName;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/** A text file with the name of a class in each line, that of class 0 first. */
public final class ClassNameFile {
  private static final long MOST_BYTES = 1L << 26;

  private ClassNameFile() {}

  /**
   * Reads the names.
   *
   * @param name the file's path below the data set's folder
   * @param field of the spec that says so
   * @throws TrainingFailure naming the line that is not as expected
   */
  public static List<String> read(Path root, String name, String field) {
    Path file = FileName.resolve(root, name).normalize();
    if (!file.startsWith(root.normalize()) || !Files.exists(file)) {
      throw TrainingFailure.badData(
          "%s: %s is not there; its path begins at the source's folder".formatted(field, file));
    }
    List<String> names = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (String line : lines(file)) {
      String className = line.replace("\uFEFF", "").strip();
      Integer before = lines.putIfAbsent(className, names.size() + 1);
      if (className.isEmpty() || before != null) {
        throw TrainingFailure.badData(
            className.isEmpty()
                ? "%s, line %d is empty; the name of a class is expected in each line"
                    .formatted(file, names.size() + 1)
                : "%s has the class %s in line %d and in line %d; give each class a name of its own"
                    .formatted(file, ClassNames.told(className), before, names.size() + 1));
      }
      names.add(className);
    }
    if (names.isEmpty()) {
      throw TrainingFailure.badData("%s is empty".formatted(file));
    }
    ClassNames.refuseTwins(file, names);
    return names;
  }

  private static List<String> lines(Path file) {
    try {
      PlainFile.check(file);
      if (Files.size(file) > MOST_BYTES) {
        throw TrainingFailure.badData(
            "%s has more than %d bytes; it is no list of classes".formatted(file, MOST_BYTES));
      }
      List<String> lines = Files.readAllLines(file);
      int end = lines.size();
      while (end > 0 && lines.get(end - 1).isBlank()) {
        end--;
      }
      return lines.subList(0, end);
    } catch (CharacterCodingException e) {
      throw TrainingFailure.badData("%s is not in UTF-8; save it so".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }
}
