package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.picture.Framing;

/**
 * A data set in its three parts.
 *
 * <p>The <em>pool</em> is what training images are taken from: the train files, or the only files
 * there are. {@code split.validation} and {@code split.test} are both fractions of the pool: with
 * 0.1 and 0.1, eight tenths are left to train on. Without {@code split.test} the test images are
 * the format's test files, and the pool is the train files. Where the files have a validation part
 * of their own, that is used whole, unless {@code split.validation} is 0. Test is drawn first, so
 * that another {@code split.validation} leaves the test images as they are. Limits are applied
 * last.
 *
 * @param validation the test images if {@code split.validation} is 0
 * @param validatesOnTest whether it was 0
 * @param classNames in the order of the labels
 * @param leftOut pictures that would be in a part and are left out, since they are damaged
 */
public record ImageData(
    Part train,
    Part validation,
    Part test,
    boolean validatesOnTest,
    List<String> classNames,
    int leftOut) {

  /**
   * Reads a data set's files and divides them. Pictures in files of their own are not decoded yet.
   *
   * @param imageSize of the network's input, in pixels
   * @throws TrainingFailure BadData, naming the file or field at fault
   */
  public static ImageData read(Path folder, Dataset dataset, int imageSize) {
    var split = dataset.split() == null ? new Dataset.Split(null, null, null) : dataset.split();
    var files = ImageFiles.read(folder, dataset.format(), Framing.of(dataset.resize(), imageSize));
    LabelledImages pool = pool(files, split.test());
    if (files.classNames().size() < 2) {
      throw TrainingFailure.badData(
          "%s has images of one class only; at least two are needed".formatted(pool.file()));
    }
    return divide(pool, files, split, dataset.limit());
  }

  /** How many classes there are. */
  public int classes() {
    return classNames.size();
  }

  /** Which part {@link #validation} is. */
  public Metrics.Split validationSplit() {
    return validatesOnTest ? Metrics.Split.TEST : Metrics.Split.VALIDATION;
  }

  /** The parts, each once. */
  Stream<Part> parts() {
    return validatesOnTest ? Stream.of(train, test) : Stream.of(train, validation, test);
  }

  /**
   * The same, less some pictures. All others stay where they are: neither the split nor the order
   * of an epoch is drawn anew.
   *
   * @param names of {@link LabelledImages#name}
   * @throws TrainingFailure BadData, if a part has no other pictures
   */
  public ImageData without(Set<String> names) {
    Part testWithout = without("test on", test, names);
    Part trainWithout = without("train on", train, names);
    var data =
        new ImageData(
            trainWithout,
            validatesOnTest ? testWithout : without("validate on", validation, names),
            testWithout,
            validatesOnTest,
            classNames,
            0);
    long out = parts().mapToLong(Part::count).sum() - data.parts().mapToLong(Part::count).sum();
    return new ImageData(
        data.train, data.validation, data.test, validatesOnTest, classNames, (int) out);
  }

  /**
   * The same, of which pictures in files of their own are decoded once, as far as a folder's disk
   * has the room.
   *
   * @param cutsTrain whether training images are cut at random, and so are decoded for every epoch
   */
  public ImageData cachedIn(Path folder, boolean cutsTrain) {
    var cached = new IdentityHashMap<LabelledImages, LabelledImages>();
    parts()
        .map(Part::source)
        .distinct()
        .forEach(
            source ->
                cached.put(
                    source,
                    source instanceof PictureFiles files
                        ? CachedPictures.of(files, wanted(source, cutsTrain), folder)
                        : source));
    Part testCached = test.of(requireNonNull(cached.get(test.source())));
    return new ImageData(
        train.of(requireNonNull(cached.get(train.source()))),
        validatesOnTest
            ? testCached
            : validation.of(requireNonNull(cached.get(validation.source()))),
        testCached,
        validatesOnTest,
        classNames,
        leftOut);
  }

  /** Places in the source of the images that are taken from it uncut. */
  private int[] wanted(LabelledImages source, boolean cutsTrain) {
    return parts()
        .filter(part -> part.source() == source && !(cutsTrain && part == train))
        .flatMapToInt(part -> IntStream.range(0, part.count()).map(part::image))
        .toArray();
  }

  private static Part without(String purpose, Part part, Set<String> names) {
    Part rest = part.without(names);
    if (rest.count() == 0) {
      throw TrainingFailure.badData(
          "all %d pictures of %s to %s are damaged; replace them"
              .formatted(part.count(), part.source().file(), purpose));
    }
    return rest;
  }

  private static LabelledImages pool(ImageFiles files, @Nullable Double testFraction) {
    if (testFraction == null && (files.train() == null || files.test() == null)) {
      throw TrainingFailure.badData(
          "no test split: %s has only the %s; set dataset.split.test to a fraction, such as 0.1"
              .formatted(files.folder(), files.present()));
    }
    return files.train() != null ? files.train() : requireNonNull(files.test());
  }

  private static LabelledImages checked(LabelledImages images, LabelledImages pool, int classes) {
    if (images.height() != pool.height() || images.width() != pool.width()) {
      throw TrainingFailure.badData(
          "%s has images of %d×%d pixels, but %s of %d×%d; the files do not belong together"
              .formatted(
                  images.file(),
                  images.width(),
                  images.height(),
                  pool.file().getFileName(),
                  pool.width(),
                  pool.height()));
    }
    int largest = IntStream.range(0, images.count()).map(images::label).max().orElseThrow();
    if (largest >= classes) {
      throw TrainingFailure.badData(
          "the labels beside %s go up to %d, but the training labels only to %d; the files do not belong together"
              .formatted(images.file(), largest, classes - 1));
    }
    return images;
  }

  private static ImageData divide(
      LabelledImages pool, ImageFiles files, Dataset.Split split, Dataset.@Nullable Limit limit) {
    int classes = files.classNames().size();
    long seed = split.seed() == null ? 0 : split.seed();
    double validationFraction = split.validation() == null ? 0.1 : split.validation();
    boolean validatesOnTest = validationFraction == 0;
    var draws = new Stratification(pool, all(pool), classes, seed);
    Part test =
        split.test() == null
            ? whole(checked(requireNonNull(files.test()), pool, classes))
            : fraction("test", split.test(), pool, draws);
    Part validation =
        validatesOnTest
            ? test
            : files.validation() != null
                ? whole(checked(files.validation(), pool, classes))
                : fraction("validation", validationFraction, pool, draws);
    Part train = new Part(pool, draws.drawRest());
    if (train.count() == 0) {
      throw TrainingFailure.badData(
          "dataset.split leaves none of the %d images of %s to train on; lower validation and test"
              .formatted(pool.count(), pool.file()));
    }
    if (limit != null) {
      train = limited(train, limit.train(), classes, seed);
      test = limited(test, limit.test(), classes, seed);
      validation = validatesOnTest ? test : limited(validation, limit.validation(), classes, seed);
    }
    return new ImageData(train, validation, test, validatesOnTest, files.classNames(), 0);
  }

  private static Part whole(LabelledImages images) {
    return new Part(images, all(images));
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
