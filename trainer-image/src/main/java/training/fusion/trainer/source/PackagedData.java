package training.fusion.trainer.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.safetensors.FileDigest;

/**
 * A data set that comes with the trainer.
 *
 * @param folder its files, with {@value #SUMS} in the form of {@code sha256sum}
 */
public record PackagedData(Path folder) {
  /** Names the files and their sha256; a folder with it is a data set that can be copied. */
  public static final String SUMS = "SHA256SUMS";

  private static final Pattern LINE = Pattern.compile("(?<sha256>[0-9a-f]{64})  (?<name>[\\w.-]+)");

  /**
   * Brings the files into a folder, each as one step, and leaves alone those that are there
   * already.
   *
   * @return how many were copied
   * @throws TrainingFailure if a file is not what {@value #SUMS} says, or the folder can't be
   *     written
   */
  public int copyTo(Path target) {
    int copied = 0;
    try {
      Files.createDirectories(target);
    } catch (IOException e) {
      throw Durable.failure(target, e);
    }
    for (var file : files().entrySet()) {
      copied += copy(file.getKey(), file.getValue(), target.resolve(file.getKey())) ? 1 : 0;
    }
    return copied;
  }

  private boolean copy(String name, String sha256, Path target) {
    Path unfinished = Durable.unfinished(target);
    try {
      if (Files.isRegularFile(target) && FileDigest.of(target).sha256().equals(sha256)) {
        return false;
      }
      Files.copy(folder.resolve(name), unfinished, StandardCopyOption.REPLACE_EXISTING);
      String found = FileDigest.of(unfinished).sha256();
      if (!found.equals(sha256)) {
        Durable.delete(unfinished);
        throw TrainingFailure.badData(
            "%s has the sha256 %s, but %s says %s; take the file or the image from its source again"
                .formatted(folder.resolve(name), found, SUMS, sha256));
      }
      try (var channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Durable.publish(unfinished, target);
      return true;
    } catch (IOException e) {
      throw Durable.abandoned(target, e);
    }
  }

  /** The sha256 of each file. */
  private Map<String, String> files() {
    Path sums = folder.resolve(SUMS);
    Map<String, String> files = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(sums)) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
          throw TrainingFailure.badData(
              "%s: \"%s\" is no line of sha256sum: 64 hexadecimal digits, two blanks, a file name"
                  .formatted(sums, line));
        }
        files.put(matcher.group("name"), matcher.group("sha256"));
      }
    } catch (IOException e) {
      throw TrainingFailure.unreadable(sums, e);
    }
    return files;
  }
}
