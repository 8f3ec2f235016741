package training.fusion.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.sample.LabelledImages;

@DisplayName("Damaged pictures")
class DamagedPicturesTest {
  private final Path folder;

  DamagedPicturesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void pictures() throws IOException {
    PictureCopies.write(folder.resolve("a"), 20);
    PictureCopies.write(folder.resolve("b"), 20);
  }

  @Test
  void areFoundAndNamed() throws IOException {
    assertThat(find().pictures()).isEmpty();
    cut("b/003-jpeg-progressive.jpg");
    Files.writeString(folder.resolve("a/011-png-rgb.png"), "text");

    assertThat(find().names())
        .containsExactlyInAnyOrder("b/003-jpeg-progressive.jpg", "a/011-png-rgb.png");
    assertThat(find().pictures()).allSatisfy(damaged -> assertThat(damaged.damage()).isNotBlank());
  }

  @Test
  void leaveAllOtherPicturesInTheirPartsAndInTheOrderOfEveryEpoch() throws IOException {
    ImageData whole = read();
    cut("b/003-jpeg-progressive.jpg");
    cut("a/012-png-alpha.png");
    cut("a/001-jpeg-444.jpg");
    DamagedPictures damaged = find();
    ImageData rest = read().without(damaged.names());

    assertThat(rest.leftOut()).isEqualTo(3);
    assertSameLess(damaged.names(), whole.train(), rest.train());
    assertSameLess(damaged.names(), whole.validation(), rest.validation());
    assertSameLess(damaged.names(), whole.test(), rest.test());
  }

  @Test
  void areReadByNobody() throws IOException, InterruptedException {
    cut("b/003-jpeg-progressive.jpg");
    cut("a/012-png-alpha.png");
    ImageData rest = read().without(find().names());
    for (Part part : List.of(rest.train(), rest.validation(), rest.test())) {
      try (var reader = new BatchReader(part, new BatchPlan(part.count(), 4, 1))) {
        reader.begin(part.shuffled(1, 0), 0);
        int images = 0;
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
          images += batch.size();
          batch.close();
        }
        assertThat(images).isEqualTo(part.count());
      }
    }
  }

  @Test
  void areThoseOfTheSamePicturesOnly() throws IOException {
    DamagedPictures damaged = find();
    assertThat(damaged.areOf(read())).isTrue();
    Files.delete(folder.resolve("b/003-jpeg-progressive.jpg"));
    assertThat(damaged.areOf(read())).isFalse();
  }

  @Test
  void mayNotBeAllThatAPartHas() throws IOException {
    ImageData data = read();
    for (int i = 0; i < data.validation().count(); i++) {
      cut(data.validation().source().name(data.validation().image(i)));
    }
    assertThatThrownBy(() -> read().without(find().names()))
        .isInstanceOf(TrainingFailure.class)
        .hasMessage("all 4 pictures of %s to validate on are damaged; replace them", folder);
  }

  @Test
  void endTheReadingByNameWhereTheyAreNotLeftOut() throws IOException {
    cut("a/000-jpeg-420.jpg");
    LabelledImages images = (LabelledImages) read().train().source();
    assertThatThrownBy(() -> images.put(0, ByteBuffer.allocate(images.imageBytes()), 0))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("a/000-jpeg-420.jpg cannot be read: ")
        .hasMessageEndingWith("; replace or remove it, or set dataset.onError: Skip");
  }

  private static void assertSameLess(Set<String> names, Part whole, Part rest) {
    assertThat(named(rest, rest.inOrder())).isEqualTo(less(names, named(whole, whole.inOrder())));
    for (int epoch = 0; epoch < 3; epoch++) {
      assertThat(named(rest, rest.shuffled(7, epoch)))
          .isEqualTo(less(names, named(whole, whole.shuffled(7, epoch))));
    }
  }

  private static List<String> less(Set<String> names, List<String> all) {
    return all.stream().filter(name -> !names.contains(name)).toList();
  }

  private static List<String> named(Part part, int[] positions) {
    return Arrays.stream(positions).mapToObj(p -> part.source().name(part.image(p))).toList();
  }

  private DamagedPictures find() {
    return DamagedPictures.find(read(), (done, all) -> assertThat(done).isBetween(1, all));
  }

  private ImageData read() {
    return ImageData.read(folder, Datasets.pictures(0.1, 0.1), 40);
  }

  private void cut(String name) throws IOException {
    Path file = folder.resolve(name);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
  }
}
