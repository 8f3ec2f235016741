package training.fusion.trainer.format;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset.Tensors;
import training.fusion.api.Dataset.Tensors.Input;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.label.ClassNameFile;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.sample.FilePairs;
import training.fusion.trainer.sample.InputConversion;
import training.fusion.trainer.sample.LabelledSamples;
import training.fusion.trainer.sample.TensorRows;

/**
 * A folder of safetensors, {@code .npy} and {@code .npz} files, whose tensors have a sample in each
 * row. Headers and labels are read at the beginning, a row when its turn has come.
 */
public final class TensorFolder {
  static final String LABEL = "label";

  /** What the one tensor is called where nothing says its name. */
  private static final String ONLY = "input";

  private static final int MOST_CLASSES = 1_000_000;

  private final Path root;
  private final Tensors asked;
  private final List<String> remarks = new ArrayList<>();

  private TensorFolder(Path root, Tensors asked) {
    this.root = root;
    this.asked = asked;
  }

  /** Whether a file, or an address, is one of tensors by its name. */
  public static boolean isOne(String name) {
    return PartFiles.Kind.TENSORS.isOne(name);
  }

  /** What is asked for where nothing is. */
  public static Tensors orDefault(@Nullable Tensors asked) {
    return asked == null ? new Tensors(null, null, null, null, null, null) : asked;
  }

  /**
   * Reads what is there.
   *
   * @throws TrainingFailure naming the file, and the tensor in it, that is not as expected
   */
  static ImageFiles read(Path root, @Nullable Tensors asked, FolderLayout.Asked parts) {
    return new TensorFolder(root, orDefault(asked)).files(parts);
  }

  /**
   * Rows of files to be told a class each. Where one tensor is expected, a file's only one may have
   * any name.
   *
   * @param taken names of the tensors that the network takes; none: one, of whatever name
   * @throws TrainingFailure naming the file, and the tensor in it, that is not as expected
   */
  public static TensorRows unlabelled(
      List<Path> files, @Nullable Tensors asked, List<String> taken) {
    var folder = new TensorFolder(files.get(0), orDefault(asked));
    List<Input> named = folder.asked.inputs();
    List<String> wanted = named == null ? taken : named.stream().map(Input::name).toList();
    if (wanted.size() > 1) {
      return TensorTable.open(files).unlabelled(wanted, named);
    }
    String only = wanted.isEmpty() ? ONLY : wanted.get(0);
    TensorTable table = TensorTable.open(files, new TensorTable.Only(only, folder.label()));
    boolean none = wanted.isEmpty() && !table.names().contains(only);
    return table.unlabelled(none ? folder.inputs(table) : List.of(only), named);
  }

  private ImageFiles files(FolderLayout.Asked wanted) {
    PartFiles parts =
        PartFiles.find(
            root,
            new PartFiles.Asked(asked.train(), asked.validation(), asked.test()),
            PartFiles.Kind.TENSORS,
            new Listing());
    remarks.addAll(parts.remarks());
    TensorTable train = table(parts.of(PartRole.TRAIN));
    TensorTable validation =
        wanted.validation()
            ? table(parts.of(PartRole.VALIDATION))
            : unused(parts.of(PartRole.VALIDATION), "dataset.split.validation is 0");
    TensorTable test =
        wanted.test()
            ? table(parts.of(PartRole.TEST))
            : unused(
                parts.of(PartRole.TEST), "dataset.split.test says how many rows to draw instead");
    TensorTable known = train == null ? test : train;
    if (known == null) {
      throw TrainingFailure.badData(
          "%s has no tensors to train on; call their file so, such as train.safetensors, or name it by dataset.tensors.train"
              .formatted(root));
    }
    List<String> classes = classes(known);
    List<String> inputs = inputs(known);
    known.conversions(inputs, asked.inputs()).stream()
        .filter(InputConversion::rounds)
        .forEach(
            rounded ->
                remarks.add(
                    "%s is float64 and becomes float32, as the network's weights are"
                        .formatted(rounded.input().name())));
    return new ImageFiles(
        root,
        "%stensors".formatted(train == null ? "test " : test == null ? "" : "training "),
        classes,
        rows(train, inputs, classes),
        rows(validation, inputs, classes),
        rows(test, inputs, classes),
        List.copyOf(remarks));
  }

  private @Nullable TensorTable unused(List<Path> files, String why) {
    if (!files.isEmpty()) {
      remarks.add(
          "%d file(s), %s the first, are not used: %s"
              .formatted(files.size(), files.get(0).getFileName(), why));
    }
    return null;
  }

  private @Nullable TensorTable table(List<Path> files) {
    if (files.isEmpty()) {
      return null;
    }
    Map<Path, Path> stems = new HashMap<>();
    for (Path file : files) {
      Path other = stems.putIfAbsent(FilePairs.stem(file), file);
      if (other != null) {
        throw TrainingFailure.badData(
            "%s and %s are called alike but for their endings, as the same rows in two formats are; leave one of them, or give it another name"
                .formatted(other, file));
      }
    }
    return TensorTable.open(files);
  }

  private String label() {
    return asked.label() == null ? LABEL : asked.label();
  }

  /** Those that are asked for; else all but the labels. */
  private List<String> inputs(TensorTable table) {
    List<Input> named = asked.inputs();
    Set<String> there = table.names();
    List<String> others = there.stream().filter(name -> !name.equals(label())).toList();
    if (named == null) {
      if (others.isEmpty()) {
        throw TrainingFailure.badData(
            "%s has no tensor besides %s; the network's input is expected beside the labels"
                .formatted(table.file(), label()));
      }
      return others;
    }
    List<String> inputs = named.stream().map(Input::name).toList();
    List<String> left = others.stream().filter(name -> !inputs.contains(name)).toList();
    if (!left.isEmpty()) {
      remarks.add(
          "tensors that dataset.tensors.inputs does not name are not used: %s"
              .formatted(ClassNames.listed(left)));
    }
    return inputs;
  }

  /** By their file; else as many as the labels to train on speak of. */
  private List<String> classes(TensorTable table) {
    if (asked.classNames() != null) {
      return ClassNameFile.read(root, asked.classNames(), "dataset.tensors.classNames");
    }
    int largest = IntStream.of(table.labels(label(), MOST_CLASSES)).max().orElseThrow();
    return IntStream.rangeClosed(0, largest).mapToObj(String::valueOf).toList();
  }

  private @Nullable LabelledSamples rows(
      @Nullable TensorTable table, List<String> inputs, List<String> classes) {
    return table == null ? null : table.rows(root, inputs, asked.inputs(), label(), classes.size());
  }
}
