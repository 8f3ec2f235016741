package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.sample.LabelledImages;

@DisplayName("A list of pictures")
class ListedPicturesTest {
  private final Path folder;

  ListedPicturesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b/2.jpg,dog\na/1.jpg,cat\na/é 猫.png,cat\n",
        "path,label\nb/2.jpg,dog\na/1.jpg,cat\na/é 猫.png,cat",
        "\uFEFFclass;image\r\ndog;.\\b\\2.jpg\r\ncat;a//1.jpg\r\ncat;b/../a/é 猫.png\r\n",
        "{\"image\": \"b/2.jpg\", \"label\": \"dog\"}\n\n{\"label\": \"cat\", \"image\": \"a/1.jpg\"}\n{\"image\": \"a/\\u00e9 猫.png\", \"label\": \"cat\", \"width\": 3}\n",
        "{\"x\": \"b/2.jpg\", \"y\": \"dog\"}\n{\"x\": \"a/1.jpg\", \"y\": \"cat\"}\r\n{\"x\": \"a/é 猫.png\", \"y\": \"cat\"}",
      })
  @DisplayName("says where each is and what it shows, in CSV or JSON, and none has to be there yet")
  void saysWhereEachIs(String list) throws IOException {
    assertThat(described(read(list)))
        .containsExactly("a/1.jpg cat", "a/é 猫.png cat", "b/2.jpg dog");
  }

  @Test
  @DisplayName("gives the order and the classes that the same pictures have in class folders")
  void asClassFolders() throws IOException {
    StringBuilder list = new StringBuilder();
    for (String name : new String[] {"b/10.png", "a.b/1.png", "a/2.png", "b/9.png", "a/1/0.png"}) {
      Path file = folder.resolve(name);
      Files.createDirectories(requireNonNull(file.getParent()));
      Files.createFile(file);
      list.insert(0, "%s,%s%n".formatted(name, name.substring(0, name.indexOf('/'))));
    }
    ImageFiles listed = read(list.toString());
    Files.delete(folder.resolve("list.csv"));
    ImageFiles folders =
        PictureFolder.read(
            folder,
            Framing.of(null, 32),
            FolderReading.CURRENT,
            FolderLayout.Asked.of(null),
            new Listing());
    assertThat(listed.classNames()).isEqualTo(folders.classNames());
    assertThat(described(listed)).containsExactlyInAnyOrderElementsOf(described(folders));
  }

  @Test
  @DisplayName("in a folder of its own begins its paths there, and may go up within the source")
  void beginsAtItsFolder() throws IOException {
    Files.createDirectory(folder.resolve("lists"));
    Files.writeString(
        folder.resolve("lists/train.jsonl"),
        """
        {"file": "../pictures/1.jpg", "class": 10}
        {"file": "2.jpg", "class": 9}
        """);
    ImageFiles files = read(new Dataset.FileList("lists/train.jsonl", null, null));
    assertThat(described(files)).containsExactly("lists/2.jpg 9", "pictures/1.jpg 10");
    assertThat(files.classNames()).containsExactly("9", "10");
  }

  @Test
  @DisplayName("that names a picture again says so, and with another class is refused by the lines")
  void twice() throws IOException {
    ImageFiles files = read("a.jpg,x\nb.jpg,y\n./a.jpg,x\n");
    assertThat(described(files)).containsExactly("a.jpg x", "b.jpg y");
    assertThat(files.remarks()).contains("1 line(s) of list.csv name a picture again");
    assertRefused(
        "a.jpg,x\nb.jpg,y\nb.jpg,y\nc/../a.jpg,z\n",
        "is of class x in line 1, and of class z in line 4; a picture has one class");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x.jpg", "a/../../x.jpg", "..\\x.jpg", "/etc/x.jpg", "C:\\x.jpg", "a/", "."})
  @DisplayName("whose paths lead elsewhere is refused by the line")
  void leadsElsewhere(String path) {
    assertRefused("a.jpg,x\n\n" + path + ",y\n", "list.csv, line 3: the path " + path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"path\": \"a.jpg\", \"label\": \"x\"}\n\n{\"path\": \"b.jpg\"}\n",
        "{\"path\": \"a.jpg\", \"label\": \"x\"}\n\n{\"path\": \"b.jpg\", \"label\": 0.5}\n",
        "{\"path\": \"a.jpg\", \"label\": \"x\"}\n\n{\"path\": [], \"label\": \"y\"}\n",
        "{\"path\": \"a.jpg\", \"label\": \"x\"}\n\n{\"path\": \"b.jpg\", \"label\": \n",
        "{\"path\": \"a.jpg\", \"label\": \"x\"}\n\n{\"path\": \"b.jpg\", \"label\": 1} x\n",
        "{\"path\": \"a.jpg\", \"label\": \"x\"}\n\nb.jpg,y\n",
        "{\"path\": \"a.jpg\", \"label\": \"x\"}\n\n{}\n",
        "a.jpg,x\n\nb.jpg\n",
        "a.jpg,x\n\n,y\n",
      })
  @DisplayName("with a line that is not as the others is refused by the line")
  void badLines(String list) {
    assertRefused(list, "list.csv, line 3");
  }

  @Test
  @DisplayName("that is no list, or is not there, is refused in words")
  void damage() throws IOException {
    assertRefused("", "list.csv is empty");
    assertRefused("path,label\n", "list.csv has no pictures");
    assertRefused("{\"path\": \"a.jpg\"}\n", "list.csv has one column");
    assertRefused(
        "{\"a\": 1, \"b\": 2, \"c\": 3}\n",
        "set dataset.files.pathColumn and dataset.files.labelColumn to two of a, b, c");
    Files.write(
        folder.resolve("list.csv"), "a.jpg,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> read(new Dataset.FileList("list.csv", null, null)))
        .hasMessageContaining("list.csv is not in UTF-8; save it so");
    for (String elsewhere : new String[] {"none.csv", "../list.csv", "/etc/passwd"}) {
      assertThatThrownBy(() -> read(new Dataset.FileList(elsewhere, null, null)))
          .isInstanceOf(TrainingFailure.class)
          .hasMessageContaining("dataset.files.file: ")
          .hasMessageContaining("is not there; its path begins at the source's folder");
    }
  }

  @Test
  @DisplayName("that names a picture which is not there says so when it is read")
  void notThere() throws IOException {
    LabelledImages images = (LabelledImages) requireNonNull(read("a.jpg,x\nb.jpg,y\n").train());
    assertThatThrownBy(() -> images.put(1, ByteBuffer.allocate(images.imageBytes()), 0))
        .isInstanceOf(TrainingFailure.class)
        .hasMessage(
            "%s is not there, and list.csv names it; put the picture there, or correct the list",
            folder.resolve("b.jpg"));
  }

  private void assertRefused(String list, String words) {
    assertThatThrownBy(() -> read(list))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining(words);
  }

  private ImageFiles read(String list) throws IOException {
    Files.writeString(folder.resolve("list.csv"), list);
    return read(new Dataset.FileList("list.csv", null, null));
  }

  private ImageFiles read(Dataset.FileList files) {
    return ListedPictures.read(folder, files, Framing.of(null, 32));
  }

  private static List<String> described(ImageFiles files) {
    LabelledImages images = (LabelledImages) requireNonNull(files.train());
    List<String> described = new ArrayList<>();
    for (int i = 0; i < images.count(); i++) {
      described.add(images.key(i) + " " + files.classNames().get(images.label(i)));
    }
    return described;
  }
}
