package training.fusion.benchmarks.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.PictureDecoder;

/** JPEG files, read, decoded and resized with antialiasing to squares of bytes, by one thread. */
final class PicturesTask implements Task {
  private final List<Path> files;
  private final Framing framing;
  private int next;

  PicturesTask(Path folder, int pixels) {
    try (Stream<Path> list = Files.list(folder)) {
      files = list.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    framing = Framing.of(null, pixels);
  }

  @Override
  public long work() {
    Path file = files.get(next++ % files.size());
    try {
      return framing.apply(PictureDecoder.decode(file)).samples().length > 0 ? 1 : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {}
}
