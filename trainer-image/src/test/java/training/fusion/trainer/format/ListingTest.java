package training.fusion.trainer.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.FolderIndex;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;

@DisabledOnOs(OS.WINDOWS)
@DisplayName("A listing of folders")
class ListingTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  private final Path folder;

  ListingTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  @DisplayName("finds what Java's own walk finds, in its order, in trees drawn at random")
  void asJavaFinds() throws IOException {
    for (int seed = 0; seed < 40; seed++) {
      Path root = Files.createDirectory(folder.resolve("tree" + seed));
      draw(root, new Random(seed), 3);
      FolderTree tree = list(root, new Listing());
      List<Path> expected;
      try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
        expected =
            walk.filter(Files::isRegularFile)
                .filter(path -> path.toString().endsWith(".png"))
                .sorted()
                .toList();
      }
      assertThat(List.copyOf(tree.allPictures())).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static void draw(Path folder, Random random, int depth) throws IOException {
    String[] letters = {"a", "a.", "a-", "B", "é", "e\u0301", "猫", "z z", "0"};
    for (String name : letters) {
      Path path = FileName.resolve(folder, name + (random.nextBoolean() ? ".png" : ""));
      int kind = random.nextInt(8);
      if (kind < 3) {
        Files.createFile(path);
      } else if (kind == 3 && depth > 0) {
        draw(Files.createDirectory(path), random, depth - 1);
      } else if (kind == 4) {
        Files.createSymbolicLink(path, Path.of("nowhere"));
      } else if (kind == 5) {
        Files.createSymbolicLink(path, Files.createFile(folder.resolve("." + name)));
      }
    }
  }

  @Test
  @DisplayName("tells links to files and folders from those that lead nowhere or to themselves")
  void links() throws IOException {
    Path cats = Files.createDirectory(folder.resolve("cats"));
    Files.createFile(cats.resolve("a.png"));
    Files.createSymbolicLink(cats.resolve("b.png"), Path.of("a.png"));
    Files.createSymbolicLink(cats.resolve("c.png"), Path.of("nowhere"));
    Files.createSymbolicLink(cats.resolve("d.png"), Path.of("d.png"));
    Files.createSymbolicLink(folder.resolve("dogs"), Path.of("cats"));
    FolderTree tree = list(folder, new Listing());
    assertThat(tree.folders().keySet()).containsExactly("cats", "dogs");
    assertThat(tree.allPictures())
        .containsExactly(
            folder.resolve("cats/a.png"),
            folder.resolve("cats/b.png"),
            folder.resolve("dogs/a.png"),
            folder.resolve("dogs/b.png"));
    assertThat(tree.allNotFiles()).hasSize(4).contains(folder.resolve("cats/c.png"));
    Files.createSymbolicLink(cats.resolve("above"), folder);
    assertThatThrownBy(() -> list(folder, new Listing()))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("is a link that leads back to a folder that it lies in");
  }

  @Test
  @DisplayName("with an index reads those folders only that have changed")
  void withAnIndex() throws IOException {
    Path cats = settled("cats", "1.png", "2.png", "dead.png");
    Path dogs = settled("dogs", "3.png");
    FolderIndex index = kept(new Listing());
    assertThat(index.size()).isEqualTo(2); // the folder itself has changed just now

    // what no stamp shows tells that the folder was not read
    Files.move(cats.resolve("1.png"), cats.resolve("new.png"));
    Files.setLastModifiedTime(cats, LONG_AGO);
    Files.createFile(dogs.resolve("4.png"));
    var again = new Listing(index, (names, folders) -> {});
    assertThat(names(list(folder, again)))
        .containsExactly("cats/1.png", "cats/2.png", "cats/dead.png", "dogs/3.png", "dogs/4.png");
    assertThat(names(list(folder, new Listing()))).contains("cats/new.png");
    assertThat(again.index().size()).isEqualTo(1); // dogs has changed just now, too
    assertThat(again.hasLearnt()).isTrue();
  }

  @Test
  @DisplayName("with an index of another reading, or of folders that were moved, reads all")
  void withAnotherIndex() throws IOException {
    settled("cats", "1.png");
    FolderIndex index = kept(new Listing());
    Path elsewhere = Files.move(folder.resolve("cats"), folder.resolve("moved"));
    Files.createDirectory(folder.resolve("cats"));
    Files.setLastModifiedTime(folder.resolve("cats"), LONG_AGO);
    var listing = new Listing(index, (names, folders) -> {});
    assertThat(names(list(folder, listing))).containsExactly("moved/1.png");
    assertThat(elsewhere).exists();
    assertThat(index.of(FolderReading.EXACT_NAMES)).isEmpty();
  }

  @Test
  @DisplayName("learns nothing from folders that are as they were")
  void learnsNothing() throws IOException {
    settled("cats", "1.png");
    Files.setLastModifiedTime(folder, LONG_AGO);
    var first = new Listing();
    FolderIndex index = kept(first);
    assertThat(first.hasLearnt()).isTrue();
    var second = new Listing(index, (names, folders) -> {});
    list(folder, second);
    assertThat(second.hasLearnt()).isFalse();
  }

  @Test
  @DisplayName("refuses an index that was cut or changed anywhere")
  void damagedIndex() throws IOException {
    settled("cats", "1.png", "2.png");
    var bytes = new ByteArrayOutputStream();
    kept(new Listing()).write(bytes);
    byte[] whole = bytes.toByteArray();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> FolderIndex.read(new ByteArrayInputStream(cut)))
          .as("cut to %d", length)
          .isInstanceOf(IOException.class);
    }
    int damaged = 0;
    for (int at = 10; at < whole.length; at++) { // before are time and system, which say nothing
      byte[] changed = whole.clone();
      changed[at] ^= 0x10;
      try {
        var read = new ByteArrayOutputStream();
        FolderIndex.read(new ByteArrayInputStream(changed)).write(read);
        assertThat(read.toByteArray()).as("changed at %d", at).isEqualTo(whole); // bits of no use
      } catch (IOException e) {
        damaged++;
      }
    }
    assertThat(damaged).isGreaterThan(whole.length - 15);
  }

  @Test
  @DisplayName("tells how it goes on, also within a large folder, and ends when it is told to")
  void tells() throws IOException {
    String[] names = new String[2500];
    Arrays.setAll(names, i -> i + ".png");
    settled("cats", names);
    List<Long> told = new CopyOnWriteArrayList<>();
    list(folder, new Listing(FolderIndex.NONE, (count, folders) -> told.add(count)));
    assertThat(told).contains(1001L, 2001L).endsWith(2501L); // the folder itself is a name
    assertThatThrownBy(
            () ->
                list(
                    folder,
                    new Listing(
                        FolderIndex.NONE,
                        (count, folders) -> {
                          throw TrainingFailure.badData("enough");
                        })))
        .isInstanceOf(TrainingFailure.class)
        .hasMessage("enough");
  }

  private Path settled(String name, String... files) throws IOException {
    Path path = Files.createDirectory(folder.resolve(name));
    for (String file : files) {
      Files.createFile(path.resolve(file));
    }
    return Files.setLastModifiedTime(path, LONG_AGO);
  }

  /** What a listing finds, written and read. */
  private FolderIndex kept(Listing listing) throws IOException {
    list(folder, listing);
    var bytes = new ByteArrayOutputStream();
    listing.index().write(bytes);
    return FolderIndex.read(new ByteArrayInputStream(bytes.toByteArray()));
  }

  private static FolderTree list(Path root, Listing listing) {
    return FolderTree.list(
        root, FolderReading.CURRENT, name -> new String(name, US_ASCII).endsWith(".png"), listing);
  }

  private List<String> names(FolderTree tree) {
    return tree.allPictures().stream().map(path -> folder.relativize(path).toString()).toList();
  }
}
