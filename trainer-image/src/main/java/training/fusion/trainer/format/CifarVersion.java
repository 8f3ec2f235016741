package training.fusion.trainer.format;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A published version of CIFAR-10 or CIFAR-100 (Krizhevsky 2009).
 *
 * @param unpacked the folder that its archive has
 * @param names the file with the classes' names
 * @param labels bytes of a record that are labels, of which the last counts; 0: pickled by Python
 */
record CifarVersion(String unpacked, List<String> train, String test, String names, int labels) {
  static final List<CifarVersion> OF_CIFAR_10 =
      List.of(
          new CifarVersion(
              "cifar-10-batches-bin",
              five("data_batch_%d.bin"),
              "test_batch.bin",
              "batches.meta.txt",
              1),
          new CifarVersion(
              "cifar-10-batches-py", five("data_batch_%d"), "test_batch", "batches.meta", 0));

  static final List<CifarVersion> OF_CIFAR_100 =
      List.of(
          new CifarVersion(
              "cifar-100-binary", List.of("train.bin"), "test.bin", "fine_label_names.txt", 2),
          new CifarVersion("cifar-100-python", List.of("train"), "test", "meta", 0));

  private static List<String> five(String pattern) {
    return Stream.of(1, 2, 3, 4, 5).map(pattern::formatted).toList();
  }

  /** Whether any of its pictures' files is in a folder. */
  boolean isIn(Path folder) {
    return Stream.concat(train.stream(), Stream.of(test))
        .anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
  }

  boolean pickled() {
    return labels == 0;
  }

  /** Its files with pictures, for messages. */
  String files() {
    return (train.size() == 1 ? train.get(0) : train.get(0) + " to " + train.get(train.size() - 1))
        + " and "
        + test;
  }
}
