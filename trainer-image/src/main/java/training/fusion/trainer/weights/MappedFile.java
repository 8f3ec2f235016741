package training.fusion.trainer.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import training.fusion.trainer.PlainFile;

/** A whole file in memory, as far as it is looked at. */
public final class MappedFile {
  /** More than an optimizer's checkpoint of the largest network needs, and what can be mapped. */
  private static final long LARGEST = Integer.MAX_VALUE;

  private MappedFile() {}

  /**
   * Maps it, little-endian and read-only.
   *
   * @throws UnreadableWeights if it is too large
   * @throws PlainFile.Otherwise if it is no file but something else
   */
  public static ByteBuffer of(Path path) throws IOException, UnreadableWeights {
    PlainFile.check(path);
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() > LARGEST) {
        throw new UnreadableWeights(
            "it has %d bytes; at most %d are read".formatted(channel.size(), LARGEST));
      }
      return channel
          .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
