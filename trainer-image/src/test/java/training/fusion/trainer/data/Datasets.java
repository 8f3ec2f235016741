package training.fusion.trainer.data;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.api.Source;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.picture.Framing;

/** Data sets as tests ask for them: a format, a split, and nothing else. */
public final class Datasets {
  private Datasets() {}

  /** Folders of pictures, with such parts drawn by seed 0. */
  public static Dataset pictures(double validation, @Nullable Double test) {
    return of(Dataset.Format.IMAGE_FOLDER, new Dataset.Split(validation, test, 0L));
  }

  /** What a folder's files are read as, framed to 32 pixels. */
  public static ImageFiles files(Path folder, Dataset.Format format) {
    return ImageFiles.read(folder, of(format, null), Framing.of(null, 32), FolderReading.CURRENT);
  }

  /** Where a part's images lie in its files, in the part's order. */
  public static int[] sources(Part part) {
    return IntStream.range(0, part.count()).map(part::image).toArray();
  }

  private static Dataset of(Dataset.Format format, Dataset.@Nullable Split split) {
    return new Dataset(
        format,
        new Source(null, null, null, null),
        split,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
