package training.fusion.trainer.run;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.checkpoint.JsonFile;
import training.fusion.trainer.data.DamagedPictures;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.source.FetchListener;

/**
 * {@code skipped.json} in a run's folder: which pictures the run leaves out, all of them, so that
 * each attempt leaves out the same ones, also after a file was repaired.
 */
final class SkippedPictures {
  private static final Logger LOG = LoggerFactory.getLogger(SkippedPictures.class);
  private static final String FILE = "skipped.json";
  private static final int MOST_NAMED = 10;

  private SkippedPictures() {}

  /**
   * What an earlier attempt has noted of the same pictures; else what is found now.
   *
   * @param runFolder null: nothing is noted
   * @param learnt takes what notes it
   */
  static DamagedPictures of(
      ImageData data, @Nullable Path runFolder, FetchListener listener, Consumer<Runnable> learnt) {
    DamagedPictures damaged = noted(data, runFolder);
    if (damaged == null) {
      LOG.info("looking for damaged pictures: dataset.onError is Skip");
      damaged =
          DamagedPictures.find(
              data,
              (done, all) -> {
                listener.moved("looking for damaged pictures: %d of %d".formatted(done, all));
                listener.mayGoOn();
              });
      if (runFolder != null) {
        DamagedPictures found = damaged;
        learnt.accept(() -> JsonFile.write(runFolder.resolve(FILE), found));
      }
    }
    tell(damaged);
    return damaged;
  }

  private static @Nullable DamagedPictures noted(ImageData data, @Nullable Path runFolder) {
    return runFolder == null
        ? null
        : JsonFile.readOrPassOver(runFolder.resolve(FILE), DamagedPictures.class)
            .filter(noted -> noted.areOf(data))
            .orElse(null);
  }

  /** Says how many there are, and names the first of them. */
  private static void tell(DamagedPictures damaged) {
    int count = damaged.pictures().size();
    if (count > 0) {
      LOG.warn(
          "{} damaged picture(s) are left out: {}{}",
          count,
          damaged.pictures().stream()
              .limit(MOST_NAMED)
              .map(picture -> picture.file() + " (" + picture.damage() + ")")
              .collect(Collectors.joining(", ")),
          count > MOST_NAMED ? " and %d more".formatted(count - MOST_NAMED) : "");
    }
  }
}
