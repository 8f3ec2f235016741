package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * Divides what files hold into the parts that {@code dataset.split} asks for: test is drawn first,
 * then validation, each class with its share; the rest is for training. Each class keeps a picture
 * to train on before it gives one away.
 */
final class DatasetSplit {
  private final ImageFiles files;
  private final LabelledSamples pool;
  private final Dataset.Split split;
  private final KnownParts known;
  private final Apportionment apportionment;
  private final int[] order;
  private final Stratification draws;

  /** Pictures that a class keeps to train on. */
  private final int[] kept;

  private final List<String> remarks = new ArrayList<>();

  /**
   * @param pool what is drawn from
   * @param known pictures that stay in the part they were in
   * @param order of the classes
   */
  DatasetSplit(
      ImageFiles files,
      LabelledSamples pool,
      Dataset.Split split,
      KnownParts known,
      Division division,
      int[] order) {
    this.files = files;
    this.pool = pool;
    this.split = split;
    this.known = known;
    this.order = order;
    this.apportionment = division.apportionment(order);
    this.draws =
        new Stratification(
            pool,
            KnownParts.others(
                pool,
                known.train(),
                split.test() != null ? known.test() : Set.of(),
                drawsValidation() ? known.validation() : Set.of()),
            order.length,
            seed(split));
    this.kept = new int[order.length];
    if (division != Division.CLASS_ORDER) {
      Arrays.fill(kept, 1);
      for (int image : KnownParts.places(pool, known.train())) {
        kept[pool.label(image)] = 0; // it has one
      }
    }
  }

  static long seed(Dataset.Split split) {
    return split.seed() == null ? 0 : split.seed();
  }

  private double validationFraction() {
    return split.validation() == null ? 0.1 : split.validation();
  }

  private boolean validatesOnTest() {
    return validationFraction() == 0;
  }

  private boolean drawsValidation() {
    return !validatesOnTest() && files.validation() == null;
  }

  /**
   * The parts.
   *
   * @throws TrainingFailure BadData, if one has no picture
   */
  Parts parts() {
    refuseMoved();
    Part test =
        split.test() == null
            ? whole(requireNonNull(files.test()))
            : fraction("test", split.test(), known.test());
    Part validation =
        validatesOnTest()
            ? test
            : files.validation() != null
                ? whole(files.validation())
                : fraction("validation", validationFraction(), known.validation());
    Part train =
        Part.joined(pool, KnownParts.places(pool, known.train()), draws.draw(draws.left()));
    if (train.count() == 0) {
      throw TrainingFailure.badData(
          "dataset.split leaves none of the %d images of %s to train on; lower validation and test"
              .formatted(pool.count(), pool.file()));
    }
    return new Parts(train, validation, test);
  }

  /** What could not be as it was asked for, in sentences. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  private Part whole(LabelledSamples images) {
    return Part.whole(ImageData.checked(images, pool, order.length));
  }

  /** Pictures to validate on that were drawn, where now files are for it, would be in no part. */
  private void refuseMoved() {
    boolean stays = validatesOnTest() || drawsValidation();
    if (!stays && KnownParts.places(pool, known.validation()).length > 0) {
      throw TrainingFailure.badData(
          "%s has validation pictures of its own now, and before they were taken from %s; remove them, or begin a new run"
              .formatted(files.folder(), pool.file()));
    }
  }

  private Part fraction(String name, double fraction, Set<String> known) {
    int count = (int) Math.round(fraction * pool.count());
    if (count == 0) {
      throw TrainingFailure.badData(
          "dataset.split.%s: %s of the %d images of %s is not one image; raise it"
              .formatted(name, fraction, pool.count(), pool.file()));
    }
    int[] stay = KnownParts.places(pool, known);
    int[] left = draws.left();
    int[] spare = new int[left.length];
    Arrays.setAll(spare, label -> Math.max(0, left[label] - kept[label]));
    int wanted = Math.max(0, count - stay.length);
    int[] drawn =
        draws.draw(apportionment.counts(wanted, draws.sizes(), new int[left.length], spare, order));
    if (stay.length + drawn.length == 0) {
      throw TrainingFailure.badData(nothing(name, left));
    }
    if (drawn.length < wanted && Arrays.stream(kept).sum() > 0) {
      remarks.add(
          "dataset.split.%s asks for %d of the %d images and gets %d, since each class keeps one to train on"
              .formatted(name, count, pool.count(), stay.length + drawn.length));
    }
    return Part.joined(pool, stay, drawn);
  }

  private String nothing(String name, int[] left) {
    if (Arrays.stream(left).sum() == 0) {
      return "%s has no picture left for %s that was not in another part before; put back those that were for it"
          .formatted(pool.file(), name);
    }
    return "dataset.split.%s: no class of %s has a picture left for it, since each keeps one to train on; %s"
        .formatted(
            name,
            pool.file(),
            name.equals("test")
                ? "add pictures to its classes"
                : "lower dataset.split.test, or set dataset.split.validation to 0 to evaluate on test");
  }

  /** The parts of a data set; validation is the same as test where there is none. */
  record Parts(Part train, Part validation, Part test) {}
}
