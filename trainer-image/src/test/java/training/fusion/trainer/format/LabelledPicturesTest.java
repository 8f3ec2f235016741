package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.LabelledImages;

@DisplayName("A table of labels")
class LabelledPicturesTest {
  private final Path folder;

  LabelledPicturesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void pictures() throws IOException {
    for (String name : new String[] {"a.jpg", "b.png", "c.webp", "sub/d.jpg", "sub/e, f.jpg"}) {
      Path file = folder.resolve("images").resolve(name);
      Files.createDirectories(requireNonNull(file.getParent()));
      Files.createFile(file);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "images/a.jpg,cat\nimages/b.png,dog\nimages/sub/d.jpg,cat\n", // no names of columns
        "path,label\nimages/a.jpg,cat\nimages/b.png,dog\nimages/sub/d.jpg,cat", // no last line end
        "Label,Image\r\ncat,a.jpg\r\ndog,b.png\r\ncat,d.jpg\r\n", // the other way round
        "\uFEFFfile;class\n./images/a.jpg;cat\nimages/./b.png;dog\nd.jpg;cat\n", // a spreadsheet's
        "id,breed\na,cat\nb,dog\nd,cat\n", // without endings
        "filepath\ttarget\nimages\\a.jpg\tcat\nimages\\b.png\tdog\nsub\\d.jpg\tcat\n",
        "/home/me/set/images/a.jpg cat\n/home/me/set/images/b.png dog\n/home/me/set/sub/d.jpg cat\n",
        "\"image_id\",\"label\"\n\"a.jpg\",\"cat\"\n\n \"b.png\" , \"dog\" \n,\n\"d.jpg\",cat\n",
      })
  @DisplayName("names pictures in any of the ways in which people write it")
  void namesPictures(String table) throws IOException {
    Map<String, String> labels = labels(table, null, null);
    assertThat(labels)
        .containsExactly(
            Map.entry("images/a.jpg", "cat"),
            Map.entry("images/b.png", "dog"),
            Map.entry("images/sub/d.jpg", "cat"));
  }

  @Test
  @DisplayName("may have separators and quotes in quotes, and other columns beside")
  void hasQuotesAndColumns() throws IOException {
    String table =
        "width,file name,height,label\n3,\"images/sub/e, f.jpg\",4,\"a \"\"big\"\" cat\"\n3,a.jpg,4,dog\n";
    assertThat(labels(table, null, null))
        .containsExactly(
            Map.entry("images/a.jpg", "dog"), Map.entry("images/sub/e, f.jpg", "a \"big\" cat"));
    assertThat(labels(table, "file name", "width").values()).containsOnly("3");
    assertThat(read(table, null, null).remarks())
        .contains(
            "of labels.csv the column file name has the pictures, and label their classes",
            "3 picture(s) left out, since they are not in labels.csv: images/b.png, images/c.webp, images/sub/d.jpg");
  }

  @Test
  @DisplayName("has its classes in the order of their names, and of numbers if all are such")
  void ordersClasses() throws IOException {
    assertThat(read("a.jpg,10\nb.png,9\nc.webp,-1\nd.jpg,10\n", null, null).classNames())
        .containsExactly("-1", "9", "10");
    assertThat(read("a.jpg,10\nb.png,9\nc.webp,x\n", null, null).classNames())
        .containsExactly("10", "9", "x");
  }

  @Test
  @DisplayName("in a folder of its own has its paths from there, or from the top")
  void beginsAtItsFolder() throws IOException {
    Files.createFile(folder.resolve("images/sub/a.jpg"));
    Files.writeString(
        folder.resolve("images/sub/labels.csv"), "a.jpg,x\n../b.png,y\nsub/d.jpg,x\n");
    ImageFiles files = read(new Dataset.Labels("images/sub/labels.csv", null, null));
    assertThat(named(files))
        .containsExactly(
            Map.entry("images/b.png", "y"),
            Map.entry("images/sub/a.jpg", "x"),
            Map.entry("images/sub/d.jpg", "x"));
  }

  @Test
  @DisplayName("is found in a folder that an archive has around all")
  void isUnwrapped() throws IOException {
    Files.writeString(folder.resolve("images/labels.csv"), "a.jpg,x\nb.png,y\n");
    assertThat(named(read(new Dataset.Labels("labels.csv", null, null))))
        .containsExactly(Map.entry("a.jpg", "x"), Map.entry("b.png", "y"));
  }

  @Test
  @DisplayName("with a picture that is not there is refused by the line")
  void missingPictures() {
    assertRefused(
        "file,label\na.jpg,x\n\nnone.jpg,y\ngone.jpg,y\n",
        "labels.csv, line 4: there is no picture none.jpg below",
        ", nor those of 1 more lines; correct the path, or leave the line out");
    assertRefused(
        "fname,diagnosis\na.jpg,x\nb.png,y\n",
        "line 1: there is no picture fname",
        "if the first line names the columns, set dataset.labels.pathColumn");
  }

  @Test
  @DisplayName("that leaves open which picture or class is meant is refused by the line")
  void ambiguity() throws IOException {
    Files.createFile(folder.resolve("images/sub/a.jpg"));
    assertRefused("a.jpg,x\nb.png,y\n", "line 1: a.jpg may be ", "images/a.jpg or ");
    assertRefused(
        "b.png,x\nc.webp,y\nimages/b.png,y\n",
        "images/b.png is of class x in line 1, and of class y in line 3; a picture has one class");
    assertThat(read("b.png,x\nc.webp,y\nimages/b.png,x\n", null, null).remarks())
        .contains("1 line(s) of labels.csv name a picture again");
  }

  @Test
  @DisplayName("whose columns are not clear, or not there, says which there are")
  void columns() {
    assertRefused(
        "a,b,c\n1,2,3\n",
        "which columns have the paths and the classes is not clear by their names; set dataset.labels.pathColumn and dataset.labels.labelColumn to two of a, b, c");
    assertRefused("a.jpg\nb.png\n", "has one column; a picture's path and its class are expected");
    assertThatThrownBy(() -> read("path,label\na.jpg,x\n", "image", null))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("dataset.labels.pathColumn: ")
        .hasMessageContaining("labels.csv has no column image; its first line has path, label");
  }

  @Test
  @DisplayName("that is no table is refused in words")
  void damage() throws IOException {
    assertRefused("", "labels.csv is empty");
    assertRefused("path,label\n", "labels.csv has no pictures");
    assertRefused("path,label\na.jpg,x\nb.png\n", "line 3 has 1 fields, and the first line 2");
    assertRefused("path,label\na.jpg,x\nb.png,\n", "line 3 has no class");
    Path file = folder.resolve("labels.csv");
    Files.write(file, "path,label\na.jpg,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> read(new Dataset.Labels("labels.csv", null, null)))
        .hasMessageContaining("labels.csv is not in UTF-8; save it so");
    assertThatThrownBy(() -> read(new Dataset.Labels("other.csv", null, null)))
        .hasMessageContaining("dataset.labels.file: ")
        .hasMessageContaining("other.csv is not there; its path begins at the source's folder");
    assertThatThrownBy(() -> read(new Dataset.Labels("../other.csv", null, null)))
        .hasMessageContaining("is not there; its path begins at the source's folder");
  }

  private void assertRefused(String table, String... words) {
    assertThatThrownBy(() -> read(table, null, null))
        .isInstanceOf(TrainingFailure.class)
        .message()
        .contains(words);
  }

  private Map<String, String> labels(
      String table, @Nullable String pathColumn, @Nullable String labelColumn) throws IOException {
    return named(read(table, pathColumn, labelColumn));
  }

  private static Map<String, String> named(ImageFiles files) {
    LabelledImages images = (LabelledImages) requireNonNull(files.train());
    Map<String, String> named = new TreeMap<>();
    for (int i = 0; i < images.count(); i++) {
      named.put(images.key(i), files.classNames().get(images.label(i)));
    }
    return named;
  }

  private ImageFiles read(String table, @Nullable String pathColumn, @Nullable String labelColumn)
      throws IOException {
    Files.writeString(folder.resolve("labels.csv"), table);
    return read(new Dataset.Labels("labels.csv", pathColumn, labelColumn));
  }

  private ImageFiles read(Dataset.Labels labels) {
    return LabelledPictures.read(folder, labels, Framing.of(null, 32), new Listing());
  }
}
