package training.fusion.trainer.format;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.sample.Pixels;

/**
 * The files of CIFAR's Python version: dictionaries that Python has pickled. A pickle is a program;
 * {@link PlainPickle} reads what these are made of, and runs nothing.
 */
final class CifarPickles {
  private static final List<String> LABELS = List.of("labels", "fine_labels");
  private static final List<String> NAMES = List.of("label_names", "fine_label_names");

  private CifarPickles() {}

  /** A file of pictures: {@code data} with {@code labels} or {@code fine_labels}. */
  static CifarBatch batch(Path file) {
    return read(
        file,
        dictionary -> {
          List<?> labels = (List<?>) entry(dictionary, LABELS);
          var data = (PlainPickle.Bytes) entry(dictionary, List.of("data"));
          byte[] planes = data.bytes();
          if (labels.isEmpty() || planes.length != (long) CifarBatch.IMAGE * labels.size()) {
            throw new IllegalArgumentException(
                "it has %d labels and %d bytes of pictures, of which each has %d"
                    .formatted(labels.size(), planes.length, CifarBatch.IMAGE));
          }
          int[] numbers =
              labels.stream().mapToInt(label -> Math.toIntExact((Long) label)).toArray();
          return new CifarBatch(
              numbers,
              data.at() < 0
                  ? PixelSegments.of(planes, CifarBatch.IMAGE)
                  : inTheFile(file, data.at()));
        });
  }

  private static Pixels inTheFile(Path file, int at) {
    try {
      return PixelFile.open(file, at, CifarBatch.IMAGE, CifarBatch.IMAGE);
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  /** The file of names: {@code label_names} or {@code fine_label_names}. */
  static List<String> names(Path file) {
    return read(
        file,
        dictionary ->
            ((List<?>) entry(dictionary, NAMES)).stream().map(CifarPickles::text).toList());
  }

  private static Object entry(Map<?, ?> dictionary, List<String> keys) {
    for (String key : keys) {
      Object value = dictionary.get(key);
      if (value != null) {
        return value;
      }
    }
    throw new IllegalArgumentException("it has no " + String.join(" or ", keys));
  }

  /** What Python 2 calls a text is bytes for Python 3. */
  private static String text(Object value) {
    return value instanceof PlainPickle.Bytes bytes
        ? new String(bytes.bytes(), StandardCharsets.UTF_8)
        : String.valueOf(value);
  }

  private static <T> T read(Path file, Function<Map<?, ?>, T> reading) {
    try {
      Object object = PlainPickle.read(ByteBuffer.wrap(CifarBatch.content(file)));
      return reading.apply((Map<?, ?>) object);
    } catch (BufferUnderflowException e) {
      throw damaged(file, "it ends too early");
    } catch (ClassCastException | IndexOutOfBoundsException | ArithmeticException e) {
      throw damaged(file, "it is no dictionary as CIFAR's files have");
    } catch (IllegalArgumentException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  private static TrainingFailure damaged(Path file, String how) {
    return TrainingFailure.badData(
        "%s is damaged, or not of CIFAR's Python version: %s; fetch the file again"
            .formatted(file, how));
  }
}
