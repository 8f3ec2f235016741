package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.TrainingFailure;

/**
 * A data set in its three parts.
 *
 * <p>The <em>pool</em> is what training images are taken from: the train files, or the only files
 * there are. {@code split.validation} and {@code split.test} are both fractions of the pool: with
 * 0.1 and 0.1, eight tenths are left to train on. Without {@code split.test} the test images are
 * the t10k files, and the pool is the train files. Test is drawn first, so that another {@code
 * split.validation} leaves the test images as they are. Limits are applied last.
 *
 * @param validation the test images if {@code split.validation} is 0
 * @param validatesOnTest whether it was 0
 * @param classes number of classes: the largest label of the pool plus 1
 */
public record ImageData(
    Part train, Part validation, Part test, boolean validatesOnTest, int classes) {

  /**
   * Reads the files of an IDX data set and divides them.
   *
   * @throws TrainingFailure BadData, naming the file or field at fault
   */
  public static ImageData read(Path folder, Dataset dataset) {
    var split = dataset.split() == null ? new Dataset.Split(null, null, null) : dataset.split();
    var files = IdxFolder.read(folder);
    LabelledImages pool = pool(files, split.test());
    int classes = pool.largestLabel() + 1;
    if (classes < 2) {
      throw TrainingFailure.badData(
          "%s has images of one class only; at least two are needed".formatted(pool.file()));
    }
    LabelledImages separateTest = split.test() == null ? checkedTest(files, pool, classes) : null;
    return divide(pool, separateTest, split, dataset.limit(), classes);
  }

  /** Which part {@link #validation} is. */
  public Metrics.Split validationSplit() {
    return validatesOnTest ? Metrics.Split.TEST : Metrics.Split.VALIDATION;
  }

  private static LabelledImages pool(IdxFolder files, @Nullable Double testFraction) {
    if (testFraction == null && (files.train() == null || files.test() == null)) {
      throw TrainingFailure.badData(
          "no test split: %s has only the %s files; set dataset.split.test to a fraction, such as 0.1"
              .formatted(files.folder(), files.train() == null ? "t10k" : "train"));
    }
    return files.train() != null ? files.train() : requireNonNull(files.test());
  }

  private static LabelledImages checkedTest(IdxFolder files, LabelledImages pool, int classes) {
    LabelledImages test = requireNonNull(files.test());
    if (test.height() != pool.height() || test.width() != pool.width()) {
      throw TrainingFailure.badData(
          "%s has images of %d×%d pixels, but %s of %d×%d; the files do not belong together"
              .formatted(
                  test.file(),
                  test.width(),
                  test.height(),
                  pool.file().getFileName(),
                  pool.width(),
                  pool.height()));
    }
    if (test.largestLabel() >= classes) {
      throw TrainingFailure.badData(
          "the labels beside %s go up to %d, but the training labels only to %d; the files do not belong together"
              .formatted(test.file(), test.largestLabel(), classes - 1));
    }
    return test;
  }

  private static ImageData divide(
      LabelledImages pool,
      @Nullable LabelledImages separateTest,
      Dataset.Split split,
      Dataset.@Nullable Limit limit,
      int classes) {
    long seed = split.seed() == null ? 0 : split.seed();
    double validationFraction = split.validation() == null ? 0.1 : split.validation();
    var draws = new Stratification(pool, all(pool), classes, seed);
    Part test =
        separateTest != null
            ? new Part(separateTest, all(separateTest))
            : fraction("test", requireNonNull(split.test()), pool, draws);
    Part validation =
        validationFraction == 0 ? test : fraction("validation", validationFraction, pool, draws);
    Part train = new Part(pool, draws.drawRest());
    if (train.count() == 0) {
      throw TrainingFailure.badData(
          "dataset.split leaves none of the %d images of %s to train on; lower validation and test"
              .formatted(pool.count(), pool.file()));
    }
    if (limit != null) {
      train = limited(train, limit.train(), classes, seed);
      test = limited(test, limit.test(), classes, seed);
      validation =
          validationFraction == 0 ? test : limited(validation, limit.validation(), classes, seed);
    }
    return new ImageData(train, validation, test, validationFraction == 0, classes);
  }

  private static Part fraction(
      String name, double fraction, LabelledImages pool, Stratification draws) {
    int count = (int) Math.round(fraction * pool.count());
    if (count == 0) {
      throw TrainingFailure.badData(
          "dataset.split.%s: %s of the %d images of %s is not one image; raise it"
              .formatted(name, fraction, pool.count(), pool.file()));
    }
    return new Part(pool, draws.draw(count));
  }

  private static Part limited(Part part, @Nullable Integer limit, int classes, long seed) {
    return limit == null ? part : part.limitedTo(limit, classes, seed);
  }

  private static int[] all(LabelledImages images) {
    return IntStream.range(0, images.count()).toArray();
  }
}
