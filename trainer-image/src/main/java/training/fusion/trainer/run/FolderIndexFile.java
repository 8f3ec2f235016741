package training.fusion.trainer.run;

import java.io.EOFException;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.InWords;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.listing.FolderIndex;
import training.fusion.trainer.listing.Listing;

/**
 * {@code folders.gz} in a run's folder: what was found in the data set's folders and shards, so
 * that the next attempt reads those only that have changed. Nothing is lost with it but time.
 */
final class FolderIndexFile {
  static final String FILE = "folders.gz";

  private static final Logger LOG = LoggerFactory.getLogger(FolderIndexFile.class);

  private FolderIndexFile() {}

  /** What an earlier attempt has kept; nothing, if that is not there or can't be read. */
  static FolderIndex read(Path runFolder) {
    Path file = runFolder.resolve(FILE);
    try {
      PlainFile.check(file);
      try (var in = Files.newInputStream(file)) {
        return FolderIndex.read(in);
      }
    } catch (NoSuchFileException e) {
      return FolderIndex.NONE;
    } catch (ZipException | EOFException | StreamCorruptedException e) {
      LOG.warn("{} was changed, or is cut, and is passed over: all folders are listed", file);
      return FolderIndex.NONE;
    } catch (IOException e) {
      LOG.warn("{} is passed over: {}; all folders are listed", file, InWords.of(e));
      return FolderIndex.NONE;
    }
  }

  /** Keeps what a listing has found, if that is news. */
  static void keep(Path runFolder, Listing listing) {
    if (!listing.hasLearnt()) {
      return;
    }
    Path file = runFolder.resolve(FILE);
    try {
      Durable.write(file, listing.index()::write);
    } catch (IOException e) {
      TrainingFailure failure = Durable.failure(file, e);
      LOG.warn("{}; the next attempt lists all folders anew", failure.getMessage());
    }
  }
}
