package training.fusion.trainer.format;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * The images of a folder, in the parts that its files have; {@code ImageData} divides them further.
 *
 * @param present names of the parts that are there, for messages
 * @param classNames in the order of the labels
 * @param train null if no files are for training
 * @param validation null if no files are for validation
 * @param test null if no files are for testing
 * @param remarks what the folder holds and is not used: sentences
 */
public record ImageFiles(
    Path folder,
    String present,
    List<String> classNames,
    @Nullable LabelledSamples train,
    @Nullable LabelledSamples validation,
    @Nullable LabelledSamples test,
    List<String> remarks) {

  /**
   * Reads what is there; pictures in files of their own are listed, not decoded.
   *
   * @param framing of pictures that have a size of their own each
   * @param dataset its format, and which parts are drawn
   * @param reading that the run began with
   * @throws TrainingFailure naming the file or folder that is missing or damaged
   */
  public static ImageFiles read(
      Path folder, Dataset dataset, Framing framing, FolderReading reading) {
    return read(folder, dataset, framing, reading, new Listing());
  }

  /** As {@link #read(Path, Dataset, Framing, FolderReading)}, with folders listed so. */
  public static ImageFiles read(
      Path folder, Dataset dataset, Framing framing, FolderReading reading, Listing listing) {
    return read(folder, dataset, framing, reading, FolderLayout.Asked.of(dataset.split()), listing);
  }

  /**
   * As {@link #read(Path, Dataset, Framing, FolderReading)}, but every part is used whose files are
   * there.
   */
  public static ImageFiles readWhole(
      Path folder, Dataset dataset, Framing framing, FolderReading reading) {
    return read(folder, dataset, framing, reading, FolderLayout.Asked.of(null), new Listing());
  }

  private static ImageFiles read(
      Path folder,
      Dataset dataset,
      Framing framing,
      FolderReading reading,
      FolderLayout.Asked asked,
      Listing listing) {
    if (!Files.isDirectory(folder)) {
      throw TrainingFailure.badData(
          "the data set's folder %s is not there; check dataset.source".formatted(folder));
    }
    return switch (dataset.format()) {
      case IDX -> IdxFolder.read(folder);
      case CIFAR10 -> CifarFolder.ten(folder);
      case CIFAR100 -> CifarFolder.hundred(folder);
      case WEB_DATASET -> ShardFolder.read(folder, dataset.shards(), framing, asked, listing);
      case TENSORS -> TensorFolder.read(folder, dataset.tensors(), asked);
      case IMAGE_FOLDER -> {
        if (dataset.files() != null) {
          yield ListedPictures.read(folder, dataset.files(), framing);
        }
        yield dataset.labels() == null
            ? PictureFolder.read(folder, framing, reading, asked, listing)
            : LabelledPictures.read(folder, dataset.labels(), framing, listing);
      }
    };
  }
}
