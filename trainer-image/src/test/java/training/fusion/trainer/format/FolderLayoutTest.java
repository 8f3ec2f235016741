package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.LabelledSamples;

/**
 * Folders are written as {@code path*pictures}; what a file's name says is no picture, as it is.
 */
@DisplayName("A layout of folders")
class FolderLayoutTest {
  private static final FolderLayout.Asked OWN = new FolderLayout.Asked(true, true);
  private static final FolderLayout.Asked DRAWN = new FolderLayout.Asked(true, false);

  private final Path folder;

  FolderLayoutTest(@TempDir Path folder) {
    this.folder = folder;
  }

  static Stream<Arguments> understood() {
    return Stream.of(
        read(
            "Kaggle's brain tumours",
            "Training/glioma*3 Training/notumor*2 Testing/glioma*1 Testing/notumor*1",
            "glioma 3, notumor 2 | | glioma 1, notumor 1",
            null),
        read(
            "Roboflow's export",
            "train/ok*3 train/nok*3 valid/ok*2 valid/nok*1 test/ok*1 test/nok*1 README.txt",
            "nok 3, ok 3 | nok 1, ok 2 | nok 1, ok 1",
            "1 file(s) left out, since they are not named as pictures of .jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif, .tiff, .webp: README.txt"),
        read("a verb", "train/a*2 train/b*2 validate/b*1 test/a*1", "a 2, b 2 | b 1 | a 1", null),
        read("capitals", "TRAIN/a*2 TRAIN/b*2 DEV/a*1", "a 2, b 2 | a 1 | ", null),
        read(
            "Intel's scenes",
            "seg_train/seg_train/sea*3 seg_train/seg_train/street*2 seg_test/seg_test/sea*1 seg_pred/seg_pred*4",
            "sea 3, street 2 | | sea 1",
            "seg_pred with its 4 picture(s) is not used: it lies beside seg_train"),
        read(
            "years and sizes in names",
            "train2017/a*2 train2017/b*2 val2017/b*1 test-set/a*1",
            "a 2, b 2 | b 1 | a 1",
            null),
        read(
            "one folder around all, and a licence in it",
            "flowers/daisy*3 flowers/roses*2 flowers/LICENSE.txt",
            "daisy 3, roses 2 | | ",
            ".webp: flowers/LICENSE.txt"),
        read(
            "two folders around all, files beside each",
            "README.md .DS_Store a/b/train/x*2 a/b/train/y*2 a/b/val/x*1 a/notes.txt",
            "x 2, y 2 | x 1 | ",
            ".DS_Store"),
        read(
            "a class called train beside others with folders",
            "bus/city*2 bus/coach*2 bicycle/race*1 train/steam*2 train/diesel*1",
            "bicycle 1, bus 4, train 3 | | ",
            "train is taken for a class"),
        read(
            "a class called train beside others without",
            "bus*2 bicycle*1 train*3",
            "bicycle 1, bus 2, train 3 | | ",
            "train is taken for a class"),
        read(
            "a class called train, and a test part",
            "bus*2 bicycle*1 train*3 test/bus*1 test/train*1",
            "bicycle 1, bus 2, train 3 | | bus 1, train 1",
            null),
        read(
            "validation beside the class folders",
            "cat*3 dog*3 validation/cat*1 validation/dog*1",
            "cat 3, dog 3 | cat 1, dog 1 | ",
            null),
        read(
            "folders beside train that are no parts",
            "train/cat*2 train/dog*2 masks/cat*2 masks/dog*2 pred*5",
            "cat 2, dog 2 | | ",
            "masks with its 4 picture(s) is not used"),
        read(
            "parts within the classes",
            "cat/train*3 cat/test*1 dog/train*2 dog/test*1 dog/val*1",
            "cat 3, dog 2 | dog 1 | cat 1, dog 1",
            null),
        read(
            "classes that hold the same folders",
            "lernen/cat*2 lernen/dog*2 pruefen/cat*1 pruefen/dog*1",
            "lernen 4, pruefen 2 | | ",
            "the classes lernen, pruefen all hold the same folders cat, dog"),
        read("one folder in every class", "cat/images*2 dog/images*2", "cat 2, dog 2 | | ", null),
        read(
            "systems' own files",
            "cat*2 cat/@eaDir/1.png*1 dog*2 dog/.ipynb_checkpoints*2 @eaDir*1 __MACOSX/cat*2 #recycle/cat*1 Thumbs.db cat/._0.png",
            "cat 2, dog 2 | | ",
            "7 file(s) or folder(s) left out, since they are hidden, or a system's own: #recycle, @eaDir, Thumbs.db …"),
        read(
            "pictures beside the class folders",
            "cat*2 dog*2 train.png cover.jpg",
            "cat 2, dog 2 | | ",
            "2 picture(s) left out, since they lie in no class folder: cover.jpg, train.png"),
        read(
            "Tiny ImageNet, whose val is labelled by a file",
            "train/n01/images*2 train/n02/images*2 val/images*3 val/val_annotations.txt",
            "n01 2, n02 2 | | ",
            "val with its 3 picture(s) is not used: it has no class folders"),
        read(
            "letters with accents in both of their forms",
            "train/caf\u00e9*2 train/bar*2 val/cafe\u0301*1",
            "bar 2, caf\u00e9 2 | caf\u00e9 1 | ",
            null),
        read(
            "a word before all",
            "my_train/a*2 my_train/b*2 my_val/a*1 my_test/b*1",
            "a 2, b 2 | a 1 | b 1",
            null),
        read(
            "archives' names",
            "train.zip/train/a*2 train.zip/train/b*2 test.zip/test/a*1",
            "a 2, b 2 | | a 1",
            null),
        read("short names", "trn/a*2 trn/b*2 vld/a*1 tst/b*1", "a 2, b 2 | a 1 | b 1", null),
        read("shorter ones", "X_tr/a*2 X_tr/b*2 X_te/a*1", "a 2, b 2 | | a 1", null),
        read("no word between", "XTrain/a*2 XTrain/b*2 XTest/b*1", "a 2, b 2 | | b 1", null),
        read(
            "words after some",
            "train-augmented/a*2 train-augmented/b*2 val/a*1 final_test/b*1 notes/x*1",
            "a 2, b 2 | a 1 | b 1",
            "notes with its 1 picture(s) is not used"),
        read("VOC's trainval", "trainval/a*2 trainval/b*2 test/a*1", "a 2, b 2 | | a 1", null),
        read(
            "images above",
            "images/train/a*2 images/train/b*2 images/val/a*1 labels/t.txt",
            "a 2, b 2 | a 1 | ",
            "labels/t.txt"),
        read(
            "parts that repeat the class",
            "cat/cat_train*3 cat/cat_test*1 dog/dog_train*2",
            "cat 3, dog 2 | | cat 1",
            null),
        read(
            "classes with such words in their names",
            "bullet_train*2 blood_test*1 valid*1 invalid*1",
            "blood_test 1, bullet_train 2, invalid 1, valid 1 | | ",
            "valid is taken for a class"),
        read(
            "two classes, one called test",
            "control*2 test*2",
            "control 2, test 2 | | ",
            "test is"),
        read(
            "a class whose name ends in what is not seen",
            "cat\u00a0*2 dog*1",
            "cat\u00a0 2, dog 1 | | ",
            null),
        read(
            "an empty folder where test pictures would be",
            "train/a*2 train/b*2 test/a*1 test/b/",
            "a 2, b 2 | | a 1",
            null));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("understood")
  @DisplayName("is read as its author meant it")
  void isReadAsMeant(String what, String layout, String parts, @Nullable String remark)
      throws IOException {
    make(layout);
    ImageFiles files = read(OWN);
    assertThat(described(files)).isEqualTo(parts);
    if (remark == null) {
      assertThat(files.remarks()).isEmpty();
    } else {
      assertThat(files.remarks()).anySatisfy(said -> assertThat(said).contains(remark));
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments("train/a*1 train/b*1 Training/a*1", "has the folders Training, train"),
        arguments("train/a*1 train/b*1 val/a*1 valid/a*1", "has the folders val, valid"),
        arguments("train/a*1 train/b*1 test*5", "test has 5 picture(s) and none of the class"),
        arguments("train/a*1 train/b*1 test/unknown*5", "set dataset.split.test to a fraction"),
        arguments("train*4 test*2", "train has no class folders, but 4 pictures"),
        arguments("val/a*1 val/b*1 test/a*1", "has the folders val, test, and none called train"),
        arguments("train/a*1 train/b*1 val/A*1 val/B*1", "is a class that the training pictures"),
        arguments("train/a*1 train/b*1 val/a*1 val/c*1", "their classes are a, b"),
        arguments("train/steam*1 bus/city*1", "is a part or a class: beside it lie bus"),
        arguments("train/steam*1 bus/city*1 bicycle*1", "If it is a part, name it"),
        arguments("my_train*2 my_test*2", "my_train has no class folders, but 2 pictures"),
        arguments("trainA*2 trainB*2 testA*1 testB*1", "has the folders trainA, testA, which are"),
        arguments("train_a*1 train_b*1 test_a*1", "put the class folders of each part into one"),
        arguments("fold1/a*1 fold1/b*1 fold2/a*1 fold2/b*1", "the folders fold1, fold2 all hold"),
        arguments("my_train/a*1 my_train/b*1 my_eval/a*1 my_eval/b*1", "the folders my_eval, my"),
        arguments("images/train*1 images/val*1 masks/train*1 masks/val*1", "name it as the data"),
        arguments("a*2 b*2 test*3", "test with its 3 picture(s) is a part or a class"),
        arguments("caf\u00e9*1 cafe\u0301*1", "classes \"cafe\\u0301\" and \"caf\\u00e9\", which"),
        arguments("train/\u00e9*1 train/b*1 val/\u00e9*1 val/e\u0301*1", "the same letters in two"),
        arguments("cat*1 cat\u00a0*1", "the same but for what is not seen at an end"),
        arguments("a*1 b/", "b has no pictures; files named"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("refused")
  @DisplayName("that has two meanings or none is refused by name")
  void isRefusedByName(String layout, String says) throws IOException {
    make(layout);
    assertThatThrownBy(() -> read(OWN))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining(says)
        .hasMessageContaining(folder.toString());
  }

  @Test
  @DisplayName("with a test folder that nobody asked for is read without it, and says so")
  void aTestFolderThatNobodyAskedFor() throws IOException {
    make("train/a*2 train/b*2");
    for (String test : List.of("test*5", "test/unknown*5", "test/a*2 test/c*3")) {
      make(test);
      ImageFiles files = read(DRAWN);
      assertThat(described(files)).isEqualTo("a 2, b 2 | | ");
      assertThat(files.remarks())
          .singleElement()
          .asString()
          .contains("test with its 5 picture(s) is not used: dataset.split.test is given");
      remove(folder.resolve("test"));
    }
  }

  @Test
  @DisplayName("with parts that nobody asked for says how many pictures they have")
  void partsThatNobodyAskedFor() throws IOException {
    make("train/a*2 train/b*2 val/a*3 test/b*1 runs/");
    ImageFiles files = read(new FolderLayout.Asked(false, false));
    assertThat(described(files)).isEqualTo("a 2, b 2 | | ");
    assertThat(files.remarks())
        .containsExactly(
            "test with its 1 picture(s) is not used: dataset.split.test is given, so pictures to test on are drawn from the training pictures",
            "3 picture(s) of val to validate on are not used: dataset.split.validation is 0");
  }

  @Test
  @DisplayName("tells links that lead nowhere from pictures")
  void deadLinks() throws IOException {
    make("cat*2 dog*1");
    Files.createSymbolicLink(folder.resolve("dog/9.png"), Path.of("../.git/annex/objects/9"));
    assertThat(read(OWN).remarks())
        .singleElement()
        .asString()
        .contains("1 name(s) left out, since they are no files: links that lead nowhere")
        .contains("dog/9.png");
    Files.delete(folder.resolve("dog/0.png"));
    assertThatThrownBy(() -> read(OWN))
        .hasMessageContaining(
            "dog has no pictures, but 1 link(s) that lead nowhere, such as 9.png");
  }

  /** Each draw spells, wraps and litters the same three parts in another way. */
  @RepeatedTest(60)
  @DisplayName("is the same parts however it is spelled, wrapped and littered")
  void isTheSameHoweverSpelled(RepetitionInfo repetition) throws IOException {
    var random = new Random(repetition.getCurrentRepetition());
    String wrapper = pick(random, "", "", "data/", "archive/Flowers 102/");
    List<String> layout = new ArrayList<>();
    List<String> train =
        List.of("train", "Training", "TRAIN", "train_set", "seg_train", "train2017");
    List<String> validation =
        List.of("val", "Valid", "validation", "dev", "val_images", "VALIDATION");
    List<String> test = List.of("test", "Testing", "testset", "test-data", "TEST");
    Map<String, Integer> classes = new TreeMap<>();
    for (int i = 0; i < 2 + random.nextInt(3); i++) {
      classes.put(
          pick(random, "Bee", "ant", "train", "wasp 2", "n0144", "猫") + i, 1 + random.nextInt(3));
    }
    var expected = new ArrayList<String>();
    for (List<String> spellings : List.of(train, validation, test)) {
      String name = pick(random, spellings.toArray(String[]::new));
      String inner = random.nextInt(4) == 0 ? name + "/" + name + "/" : name + "/";
      var part = new ArrayList<String>();
      classes.forEach(
          (ofClass, pictures) -> {
            layout.add(wrapper + inner + ofClass + pick(random, "", "/deeper") + "*" + pictures);
            part.add(ofClass + " " + pictures);
          });
      expected.add(String.join(", ", part));
      layout.add(wrapper + inner + pick(random, ".ipynb_checkpoints*2", "@eaDir*3", "Thumbs.db"));
    }
    layout.add(wrapper + pick(random, "README.md", ".DS_Store", "annotations.csv", "__MACOSX/a*1"));
    make(layout);
    ImageFiles files = read(OWN);
    assertThat(described(files)).as("%s", layout).isEqualTo(String.join(" | ", expected));
    assertThat(files.remarks()).as("%s", layout).isNotEmpty();
  }

  @Test
  @DisplayName("of a run that began before is read as it was then")
  void asItWasThen() throws IOException {
    make("train/a*3 train/a/@eaDir/x*1 train/b*3 valid/a*2 valid/b*2 Test/a*1");
    ImageFiles files =
        PictureFolder.read(
            folder, Framing.of(null, 32), FolderReading.EXACT_NAMES, OWN, new Listing());
    assertThat(described(files)).isEqualTo("a 4, b 3 | | ");
    assertThat(described(read(OWN))).isEqualTo("a 3, b 3 | a 2, b 2 | a 1");
  }

  private static Arguments read(String what, String layout, String parts, @Nullable String remark) {
    return arguments(what, layout, parts, remark);
  }

  private static String pick(Random random, String... from) {
    return from[random.nextInt(from.length)];
  }

  private ImageFiles read(FolderLayout.Asked asked) {
    return PictureFolder.read(
        folder, Framing.of(null, 32), FolderReading.CURRENT, asked, new Listing());
  }

  private void make(String layout) throws IOException {
    make(List.of(layout.split(" ", -1)));
  }

  private void make(List<String> layout) throws IOException {
    for (String entry : layout) {
      String[] parts = entry.split("[*]", -1);
      Path path = folder.resolve(parts[0]);
      if (parts.length > 1) {
        Files.createDirectories(path);
        for (int i = 0; i < Integer.parseInt(parts[1]); i++) {
          Files.createFile(path.resolve(i + ".png"));
        }
      } else if (entry.endsWith("/")) {
        Files.createDirectories(path);
      } else {
        Files.createDirectories(requireNonNull(path.getParent()));
        Files.createFile(path);
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(path);
      }
    }
  }

  /** The pictures of each class, for train, validation and test. */
  private static String described(ImageFiles files) {
    return described(files.train(), files.classNames())
        + " | "
        + described(files.validation(), files.classNames())
        + (files.validation() == null ? "| " : " | ")
        + described(files.test(), files.classNames());
  }

  private static String described(@Nullable LabelledSamples part, List<String> classNames) {
    var counts = new TreeMap<String, Integer>();
    for (int i = 0; part != null && i < part.count(); i++) {
      counts.merge(classNames.get(part.label(i)), 1, Integer::sum);
    }
    return String.join(
        ", ", counts.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
  }
}
