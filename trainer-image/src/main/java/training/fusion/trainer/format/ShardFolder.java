package training.fusion.trainer.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.LabelColumns;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.FolderStamp;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.DecodedImages;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.shard.SampleFields;
import training.fusion.trainer.shard.Shard;
import training.fusion.trainer.shard.ShardReader;

/**
 * A folder of tar files as WebDataset writes them. The headers of all are read at the beginning, so
 * that what is known of pictures in class folders is known of these: how many there are, of which
 * classes, and where each is.
 */
final class ShardFolder {
  private static final int SIDE_BY_SIDE = 16;
  private static final int BUFFER = 8192; // timm's

  private final Path root;
  private final Dataset.Shards asked;
  private final Framing framing;
  private final Listing listing;
  private final List<String> remarks = new ArrayList<>();

  private ShardFolder(Path root, Dataset.Shards asked, Framing framing, Listing listing) {
    this.root = root;
    this.asked = asked;
    this.framing = framing;
    this.listing = listing;
  }

  /**
   * Reads the headers; no picture is read.
   *
   * @throws TrainingFailure naming the shard, or the member of it, that is not as expected
   */
  static ImageFiles read(
      Path root,
      Dataset.@Nullable Shards asked,
      Framing framing,
      FolderLayout.Asked parts,
      Listing listing) {
    Dataset.Shards shards =
        asked == null ? new Dataset.Shards(null, null, null, null, null, null, null, null) : asked;
    return new ShardFolder(root, shards, framing, listing).files(parts);
  }

  private ImageFiles files(FolderLayout.Asked wanted) {
    try {
      listing.begin(root, FolderStamp.of(root), FolderReading.CURRENT);
    } catch (IOException e) {
      throw TrainingFailure.unreadable(root, e);
    }
    PartFiles parts =
        PartFiles.find(
            root,
            new PartFiles.Asked(asked.train(), asked.validation(), asked.test()),
            PartFiles.Kind.SHARDS,
            listing);
    remarks.addAll(parts.remarks());
    ShardPictures train = pictures(parts.of(PartRole.TRAIN));
    ShardPictures validation =
        wanted.validation()
            ? pictures(parts.of(PartRole.VALIDATION))
            : unused(parts.of(PartRole.VALIDATION), "dataset.split.validation is 0");
    ShardPictures test =
        wanted.test()
            ? pictures(parts.of(PartRole.TEST))
            : unused(
                parts.of(PartRole.TEST),
                "dataset.split.test says how many pictures to draw instead");
    ShardPictures known = train == null ? test : train;
    if (known == null) {
      throw TrainingFailure.badData(
          "%s has no shards to train on; call them so, such as train-000000.tar, or name them by dataset.shards.train"
              .formatted(root));
    }
    ShardClasses classes =
        asked.classNames() == null
            ? ShardClasses.of(known, root)
            : ShardClasses.read(root, asked.classNames());
    return new ImageFiles(
        root,
        "%sshards".formatted(train == null ? "test " : test == null ? "" : "training "),
        classes.names(),
        images(train, classes),
        images(validation, classes),
        images(test, classes),
        List.copyOf(remarks));
  }

  private @Nullable ShardPictures unused(List<Path> shards, String why) {
    if (!shards.isEmpty()) {
      remarks.add(
          "%d shard(s), %s the first, are not used: %s"
              .formatted(shards.size(), name(shards.get(0)), why));
    }
    return null;
  }

  private @Nullable LabelledImages images(@Nullable ShardPictures pictures, ShardClasses classes) {
    return pictures == null
        ? null
        : new DecodedImages(root, pictures, classes.labels(pictures), framing);
  }

  /** A shard, and the stamp that it had before it was read. */
  private record Read(Shard shard, PictureStamp stamp) {}

  private @Nullable ShardPictures pictures(List<Path> files) {
    if (files.isEmpty()) {
      return null;
    }
    List<Read> read = read(files);
    List<Shard> shards = read.stream().map(Read::shard).toList();
    var pictures =
        new ShardPictures(
            shards,
            files.stream().map(this::name).toList(),
            read.stream().map(Read::stamp).toList(),
            asked.shuffleBuffer() == null ? BUFFER : asked.shuffleBuffer());
    if (pictures.count() == 0) {
      throw TrainingFailure.badData(
          "%s%s no samples"
              .formatted(
                  files.get(0),
                  files.size() == 1
                      ? " has"
                      : " and %d more shards have".formatted(files.size() - 1)));
    }
    remarkOnSamples(shards);
    return pictures;
  }

  private void remarkOnSamples(List<Shard> shards) {
    int without = shards.stream().mapToInt(Shard::withoutPicture).sum();
    if (without > 0) {
      Shard first =
          shards.stream().filter(shard -> shard.withoutPicture() > 0).findFirst().orElseThrow();
      remarks.add(
          "%d sample(s) left out, since they have no picture: %s of %s the first"
              .formatted(without, first.firstWithoutPicture(), name(first.file())));
    }
  }

  /** Many side by side: what takes time is to wait for answers, where they lie on a network. */
  private List<Read> read(List<Path> files) {
    Set<String> pictures = new LinkedHashSet<>();
    PictureFolder.ENDINGS.forEach(ending -> pictures.add(ending.substring(1)));
    var fields =
        new SampleFields(
            asked.pictureExtension(),
            asked.labelExtension(),
            asked.labelField(),
            pictures,
            LabelColumns.LABELS);
    String asText =
        String.join("\n", text(fields.picture()), text(fields.label()), text(fields.labelField()));
    var reader = new ShardReader(fields);
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(SIDE_BY_SIDE, files.size()));
    try {
      List<Future<Read>> reading =
          files.stream().map(file -> threads.submit(() -> read(file, asText, reader))).toList();
      List<Read> read = new ArrayList<>(files.size());
      for (Future<Read> one : reading) {
        read.add(one.get());
      }
      return read;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("a shard could not be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TrainingFailure.temporaryIo("listing the shards was interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static String text(@Nullable String asked) {
    return asked == null ? "" : asked;
  }

  private Read read(Path file, String fields, ShardReader reader) {
    try {
      PictureStamp stamp = PictureStamp.of(file);
      return new Read(
          listing.shard(file, name(file), stamp, fields, () -> reader.read(file)), stamp);
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private String name(Path shard) {
    Path below = root.normalize().relativize(shard.normalize());
    return FileName.text(below).orElse(below.toString());
  }
}
