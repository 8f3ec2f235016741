package training.fusion.trainer.format;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.ClassNameFile;
import training.fusion.trainer.label.ClassNames;

/**
 * The classes of shards' labels: numbers from 0 on, or names. A number is a class's place, as
 * WebDataset has it; names are sorted.
 *
 * @param names in the order of the classes
 * @param source what says so, for messages
 */
record ShardClasses(List<String> names, boolean numbered, String source) {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final int MOST = 1_000_000;

  /**
   * By the labels that there are to train on.
   *
   * @throws TrainingFailure if a number is too large for one
   */
  static ShardClasses of(ShardPictures pictures, Path root) {
    Set<String> labels = new TreeSet<>();
    for (int picture = 0; picture < pictures.count(); picture++) {
      labels.add(pictures.label(picture));
    }
    if (!labels.stream().allMatch(label -> NUMBER.matcher(label).matches())) {
      ClassNames.refuseTwins(root, labels);
      return new ShardClasses(List.copyOf(labels), false, "the training pictures");
    }
    int largest = labels.stream().mapToInt(Integer::parseInt).max().orElseThrow();
    if (largest >= MOST) {
      throw TrainingFailure.badData(
          "%s has the label %d, and classes are numbered from 0 on, %d at most; write the classes' numbers or names"
              .formatted(root, largest, MOST));
    }
    return new ShardClasses(
        IntStream.rangeClosed(0, largest).mapToObj(String::valueOf).toList(),
        true,
        "the training pictures");
  }

  /**
   * By a file of names.
   *
   * @param name its path below the data set's folder
   * @throws TrainingFailure naming the line that is not as expected
   */
  static ShardClasses read(Path root, String name) {
    return new ShardClasses(
        ClassNameFile.read(root, name, "dataset.shards.classNames"),
        true,
        String.valueOf(FileName.resolve(root, name).getFileName()));
  }

  /**
   * The classes' numbers of pictures.
   *
   * @throws TrainingFailure naming the picture whose label is none of the classes
   */
  int[] labels(ShardPictures pictures) {
    Map<String, Integer> numbers = new HashMap<>();
    names.forEach(name -> numbers.put(name, numbers.size()));
    int[] labels = new int[pictures.count()];
    for (int picture = 0; picture < labels.length; picture++) {
      Integer number = number(pictures.label(picture), numbers);
      if (number == null) {
        throw TrainingFailure.badData(
            "the label of %s is %s, which is no class of %s; their classes are %s"
                .formatted(
                    pictures.place(picture),
                    ClassNames.told(pictures.label(picture)),
                    source,
                    PictureFolder.shortened(names)));
      }
      labels[picture] = number;
    }
    return labels;
  }

  private @Nullable Integer number(String label, Map<String, Integer> byName) {
    if (numbered && NUMBER.matcher(label).matches()) {
      int number = Integer.parseInt(label);
      return number < names.size() ? number : null;
    }
    return byName.get(label);
  }
}
