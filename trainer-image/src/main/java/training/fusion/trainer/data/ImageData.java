package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.LabelledSamples;
import training.fusion.trainer.sample.PictureCache;

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
 * @param filesRemarks what the files hold and is not used: sentences
 */
public record ImageData(
    Part train,
    Part validation,
    Part test,
    boolean validatesOnTest,
    List<String> classNames,
    int leftOut,
    List<String> filesRemarks) {
  /**
   * Reads a data set's files, as a run that begins today does, and divides them. Pictures in files
   * of their own are not decoded yet.
   *
   * @param imageSize of the network's input, in pixels
   * @throws TrainingFailure BadData, naming the file or field at fault
   */
  public static ImageData read(Path folder, Dataset dataset, int imageSize) {
    return of(
        ImageFiles.read(
            folder, dataset, Framing.of(dataset.resize(), imageSize), FolderReading.CURRENT),
        dataset,
        KnownParts.NONE,
        Division.CURRENT);
  }

  /**
   * Divides files that are read.
   *
   * @param known pictures that stay in the part they were in
   * @param division by which the run began
   * @throws TrainingFailure BadData, naming the file or field at fault
   */
  public static ImageData of(
      ImageFiles files, Dataset dataset, KnownParts known, Division division) {
    var asked = dataset.split() == null ? new Dataset.Split(null, null, null) : dataset.split();
    LabelledSamples pool = pool(files, asked.test());
    if (files.classNames().size() < 2) {
      throw TrainingFailure.badData(
          "%s has images of one class only; at least two are needed".formatted(pool.file()));
    }
    int[] order = division.order(files.classNames().size(), DatasetSplit.seed(asked));
    var split = new DatasetSplit(files, pool, asked, known, division, order);
    DatasetSplit.Parts parts = split.parts();
    List<String> remarks = new ArrayList<>(files.remarks());
    remarks.addAll(split.remarks());
    Dataset.Limit limit = dataset.limit();
    if (limit != null) {
      var limits = new PartLimits(limit, known, division, order, DatasetSplit.seed(asked));
      DatasetSplit.Parts limited = limits.of(parts);
      remarks.addAll(limits.remarks(parts, limited));
      parts = limited;
    }
    return new ImageData(
        parts.train(),
        parts.validation(),
        parts.test(),
        parts.validation() == parts.test(),
        files.classNames(),
        0,
        List.copyOf(remarks));
  }

  /**
   * A data set's files whole, each in the part that its folder or name says; a part of which there
   * are no files is empty. Nothing is drawn, and no limit counts.
   *
   * @throws TrainingFailure BadData, naming the file at fault
   */
  public static ImageData whole(ImageFiles files) {
    LabelledSamples any = files.train() != null ? files.train() : requireNonNull(files.test());
    int classes = files.classNames().size();
    return new ImageData(
        wholeOrEmpty(files.train(), any, classes),
        wholeOrEmpty(files.validation(), any, classes),
        wholeOrEmpty(files.test(), any, classes),
        false,
        files.classNames(),
        0,
        files.remarks());
  }

  private static Part wholeOrEmpty(
      @Nullable LabelledSamples images, LabelledSamples any, int classes) {
    return images == null ? new Part(any, new int[0]) : Part.whole(checked(images, any, classes));
  }

  /** Images in the files that the parts are taken from, with those that no part has. */
  public int filesImages() {
    return parts().map(Part::source).distinct().mapToInt(LabelledSamples::count).sum();
  }

  /** The parts that have images, each once. */
  public List<Part> nonEmpty() {
    return parts().filter(part -> part.count() > 0).toList();
  }

  /** How many classes there are. */
  public int classes() {
    return classNames.size();
  }

  /**
   * What a person should know of the data and does not see in the numbers of pictures: what is left
   * out, and classes that a part has nothing of.
   */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>(filesRemarks);
    remarks.addAll(MissingClasses.of(this).sentences());
    return remarks;
  }

  /** Classes that a part has nothing of, for the operator; null: there are none. */
  public @Nullable ClassesWithoutPictures classesWithoutPictures() {
    return MissingClasses.of(this).report();
  }

  /** Which part {@link #validation} is. */
  public Metrics.Split validationSplit() {
    return validatesOnTest ? Metrics.Split.TEST : Metrics.Split.VALIDATION;
  }

  /**
   * The same with the classes under the numbers that they have in another list; a class of it may
   * be without images here.
   *
   * @param names in the order of the numbers
   * @return null if a class is not in the list
   */
  public @Nullable ImageData named(List<String> names) {
    if (names.equals(classNames)) {
      return this;
    }
    Map<String, Integer> places = new HashMap<>();
    names.forEach(name -> places.put(name, places.size()));
    if (!places.keySet().containsAll(classNames)) {
      return null;
    }
    int[] numbers = classNames.stream().mapToInt(places::get).toArray();
    Part testNamed = test.relabelled(numbers);
    return new ImageData(
        train.relabelled(numbers),
        validatesOnTest ? testNamed : validation.relabelled(numbers),
        testNamed,
        validatesOnTest,
        names,
        leftOut,
        filesRemarks);
  }

  /** The parts, each once. */
  Stream<Part> parts() {
    return validatesOnTest ? Stream.of(train, test) : Stream.of(train, validation, test);
  }

  /**
   * The same, less some pictures. All others stay where they are: neither the split nor the order
   * of an epoch is drawn anew.
   *
   * @param names of {@link LabelledSamples#name}
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
            0,
            filesRemarks);
    long out = parts().mapToLong(Part::count).sum() - data.parts().mapToLong(Part::count).sum();
    return new ImageData(
        data.train,
        data.validation,
        data.test,
        validatesOnTest,
        classNames,
        (int) out,
        filesRemarks);
  }

  /**
   * The same, of which pictures in files of their own are decoded once, as far as there is room.
   *
   * @param cutsTrain whether training images are cut at random, and so are decoded for every epoch
   */
  public ImageData cachedIn(PictureRoom room, boolean cutsTrain) {
    KeptPictures wanted = KeptPictures.of(this, cutsTrain);
    PictureCache cache = wanted.count() == 0 ? null : PictureCacheFile.open(room, wanted);
    if (cache == null) {
      return this;
    }
    Map<LabelledSamples, LabelledSamples> cached = wanted.in(cache);
    Part testCached = from(cached, test);
    return new ImageData(
        from(cached, train),
        validatesOnTest ? testCached : from(cached, validation),
        testCached,
        validatesOnTest,
        classNames,
        leftOut,
        filesRemarks);
  }

  private static Part from(Map<LabelledSamples, LabelledSamples> cached, Part part) {
    return part.of(cached.getOrDefault(part.source(), part.source()));
  }

  /**
   * What {@link #cachedIn} would keep, in a line; null: images lie ready.
   *
   * @param cutsTrain whether training images are cut at random
   */
  public @Nullable String cacheWords(boolean cutsTrain) {
    KeptPictures wanted = KeptPictures.of(this, cutsTrain);
    return wanted.count() == 0
        ? null
        : "%s keep %d pictures once they are decoded; where half of what is free is less, as many as it holds%s"
            .formatted(
                KeptPictures.mebibytes(wanted.bytes()),
                wanted.count(),
                cutsTrain ? "; those to train on are cut at random, and decoded each time" : "");
  }

  private static Part without(String purpose, Part part, Set<String> names) {
    Part rest = part.without(names);
    if (rest.count() == 0 && part.count() > 0) {
      throw TrainingFailure.badData(
          "all %d pictures of %s to %s are damaged; replace them"
              .formatted(part.count(), part.source().file(), purpose));
    }
    return rest;
  }

  private static LabelledSamples pool(ImageFiles files, @Nullable Double testFraction) {
    if (testFraction == null && (files.train() == null || files.test() == null)) {
      throw TrainingFailure.badData(
          "no test split: %s has only the %s; set dataset.split.test to a fraction, such as 0.1"
              .formatted(files.folder(), files.present()));
    }
    return files.train() != null ? files.train() : requireNonNull(files.test());
  }

  /** Images that fit those of the pool. */
  static LabelledSamples checked(LabelledSamples images, LabelledSamples pool, int classes) {
    if (!images.inputs().equals(pool.inputs())) {
      throw TrainingFailure.badData(
          "%s has %s %s, but %s %s; the files do not belong together"
              .formatted(
                  images.file(),
                  images instanceof LabelledImages ? "images" : "rows",
                  shown(images),
                  pool.file().getFileName(),
                  shown(pool)));
    }
    int largest = IntStream.range(0, images.count()).map(images::label).max().orElseThrow();
    if (largest >= classes) {
      throw TrainingFailure.badData(
          "the labels beside %s go up to %d, but the training labels only to %d; the files do not belong together"
              .formatted(images.file(), largest, classes - 1));
    }
    return images;
  }

  /** What samples are, in words. */
  private static String shown(LabelledSamples samples) {
    return samples instanceof LabelledImages images
        ? "of %d×%d pixels".formatted(images.width(), images.height())
        : samples.inputs().stream()
            .map(input -> "%s: %s".formatted(input.name(), input.words()))
            .collect(Collectors.joining(", ", "of ", ""));
  }
}
