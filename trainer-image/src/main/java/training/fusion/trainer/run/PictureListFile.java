package training.fusion.trainer.run;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.InWords;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.data.PictureList;

/**
 * {@code pictures.json.gz} in a run's folder: in which part each picture is. Digests tell that a
 * data set has changed; this tells what, and keeps the other pictures where they are.
 */
public final class PictureListFile {
  public static final String FILE = "pictures.json.gz";

  private static final Logger LOG = LoggerFactory.getLogger(PictureListFile.class);
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private PictureListFile() {}

  /**
   * What a run has noted; null if it has not, or if that can't be read.
   *
   * @throws TrainingFailure if it cannot be read now
   */
  public static @Nullable PictureList read(Path runFolder) {
    Path file = runFolder.resolve(FILE);
    try {
      PlainFile.check(file);
      try (var packed = Files.newInputStream(file);
          var in = new GZIPInputStream(packed)) {
        PictureList list = JSON.readValue(in, PictureList.class);
        return list == null ? passedOver(file, "it says null") : list;
      }
    } catch (NoSuchFileException e) {
      return null;
    } catch (JacksonException | ZipException | EOFException e) {
      return passedOver(file, "it was changed, or is cut");
    } catch (PlainFile.Otherwise e) {
      return passedOver(file, InWords.of(e));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static @Nullable PictureList passedOver(Path file, String reason) {
    LOG.warn("{} is not what the trainer wrote and is passed over: {}", file, reason);
    return null;
  }

  /**
   * Writes the file, as one step.
   *
   * @throws TrainingFailure if it cannot be written
   */
  static void write(Path runFolder, PictureList list) {
    Path file = runFolder.resolve(FILE);
    try {
      Durable.write(
          file,
          stream -> {
            var gzip = new GZIPOutputStream(stream, 1 << 16);
            JSON.writer().without(JsonGenerator.Feature.AUTO_CLOSE_TARGET).writeValue(gzip, list);
            gzip.finish();
          });
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }
}
