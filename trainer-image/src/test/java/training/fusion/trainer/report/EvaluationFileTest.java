package training.fusion.trainer.report;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import training.fusion.api.Dataset;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.format.Shards;
import training.fusion.trainer.sample.LabelledImages;

@DisplayName("The newest evaluation")
class EvaluationFileTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TENSORS")
  @DisplayName("shows the worst mistakes by name and a small picture, whatever holds the pictures")
  void shows(Dataset.Format format) throws IOException {
    write(format);
    Part part = data(format).train();

    EvaluationFile.Shown shown = shown(part, 1);

    assertThat(shown.name()).isEqualTo(part.source().name(part.image(1)));
    assertThat(shown.probability()).isEqualTo(0.9);
    BufferedImage picture = picture(shown);
    assertThat(Math.max(picture.getWidth(), picture.getHeight())).isBetween(1, 96);
    assertThat(EvaluationFile.read(folder).orElseThrow().worst()).containsExactly(shown);
  }

  @Test
  @DisplayName("shows a stored image's own samples")
  void samples() throws IOException {
    write(Dataset.Format.IDX);
    Part part = data(Dataset.Format.IDX).train();
    LabelledImages images = (LabelledImages) part.source();
    byte[] own = images.original(part.image(1)).samples();
    BufferedImage picture = picture(shown(part, 1));
    for (int pixel = 0; pixel < own.length; pixel++) {
      int rgb = picture.getRGB(pixel % 28, pixel / 28) & 0xffffff;
      assertThat(rgb).isEqualTo((own[pixel] & 0xff) * 0x010101);
    }
  }

  /** Noise is what JPEG makes largest; the file says who took it, and where. */
  @Test
  @DisplayName("carries nothing of a picture's metadata, and no more than some bytes of it")
  void small() throws IOException {
    byte[] exif = "Exif\0\0 taken by KEY at 52.5 north".getBytes(StandardCharsets.ISO_8859_1);
    for (String label : List.of("cat", "dog")) {
      Files.createDirectories(folder.resolve(label));
      for (int i = 0; i < 5; i++) {
        Files.write(folder.resolve(label).resolve(i + ".jpg"), noise(i, exif));
      }
    }
    EvaluationFile.Shown shown = shown(data(Dataset.Format.IMAGE_FOLDER).train(), 0);
    byte[] bytes = bytes(shown);
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("KEY", "Exif");
    assertThat(bytes.length).isLessThanOrEqualTo(12_000);
    assertThat(picture(shown).getWidth()).isEqualTo(96);
    assertThat(picture(shown).getHeight()).isEqualTo(48);
  }

  @Test
  @DisplayName("has names alone where pictures are not to be shown, of any part of the file")
  void withheld() throws IOException {
    write(Dataset.Format.IMAGE_FOLDER);
    Part part = data(Dataset.Format.IMAGE_FOLDER).train();
    EvaluationFile.withoutPictures(found(1), part).write(folder);
    assertThat(EvaluationFile.read(folder).orElseThrow().worst())
        .singleElement()
        .satisfies(shown -> assertThat(shown.name()).isEqualTo(part.source().name(part.image(1))))
        .satisfies(shown -> assertThat(shown.picture()).isNull());
    assertThat(folder.resolve(EvaluationFile.FILE)).content().doesNotContain("data:", "picture");
  }

  @Test
  @DisplayName("has the name alone of a picture that is gone")
  void gone() throws IOException {
    write(Dataset.Format.IMAGE_FOLDER);
    Part part = data(Dataset.Format.IMAGE_FOLDER).train();
    Files.delete(folder.resolve(part.source().name(part.image(0))));
    assertThat(shown(part, 0).picture()).isNull();
    assertThat(shown(part, 1).picture()).isNotNull();
  }

  @Test
  @DisplayName("takes a picture that was among the worst before from there")
  void again() throws IOException {
    write(Dataset.Format.IMAGE_FOLDER);
    Part part = data(Dataset.Format.IMAGE_FOLDER).train();
    EvaluationFile.Shown first = shown(part, 0);
    EvaluationFile before = EvaluationFile.read(folder).orElseThrow();
    Files.delete(folder.resolve(first.name()));
    assertThat(evaluation(part, 0, before).worst()).containsExactly(first);
  }

  private EvaluationFile.Shown shown(Part part, int position) {
    EvaluationFile file = evaluation(part, position, null);
    file.write(folder);
    return file.worst().get(0);
  }

  private static EvaluationFile evaluation(
      Part part, int position, @Nullable EvaluationFile before) {
    return EvaluationFile.of(found(position), part, before);
  }

  private static EvaluatedPart found(int position) {
    var counter = new ConfusionCounter(2);
    counter.add(0, 1);
    return new EvaluatedPart(
        DetailedMetrics.of(Metrics.Split.VALIDATION, 1, 3, counter),
        List.of(new WorstMistakes.Mistake(position, 0, 1, 3, 0.9)));
  }

  private static byte[] bytes(EvaluationFile.Shown shown) {
    String address = requireNonNull(shown.picture());
    assertThat(address).matches("data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+");
    return Base64.getDecoder().decode(address.substring(address.indexOf(',') + 1));
  }

  private static BufferedImage picture(EvaluationFile.Shown shown) throws IOException {
    return requireNonNull(ImageIO.read(new ByteArrayInputStream(bytes(shown))));
  }

  private ImageData data(Dataset.Format format) throws IOException {
    String json =
        "{\"format\": %s, \"split\": {\"validation\": 0.2, \"test\": 0.2, \"seed\": 0}, \"source\":"
            + " {\"persistentVolumeClaim\": {\"claimName\": \"data\"}}}";
    var mapper = new ObjectMapper();
    Dataset dataset =
        mapper.readValue(json.formatted(mapper.writeValueAsString(format)), Dataset.class);
    return ImageData.read(folder, dataset, 32);
  }

  private void write(Dataset.Format format) throws IOException {
    switch (format) {
      case IDX ->
          IdxFiles.write(folder, "t10k", IdxFiles.images(30, 28, 28), IdxFiles.cyclicLabels(30, 3));
      case CIFAR10 -> {
        for (int batch = 1; batch <= 5; batch++) {
          Files.write(folder.resolve("data_batch_%d.bin".formatted(batch)), records(20, 1));
        }
        Files.write(folder.resolve("test_batch.bin"), records(20, 1));
      }
      case CIFAR100 -> {
        Files.write(folder.resolve("train.bin"), records(200, 2));
        Files.write(folder.resolve("test.bin"), records(200, 2));
      }
      case IMAGE_FOLDER -> {
        PictureCopies.write(folder.resolve("cat"), 10);
        PictureCopies.write(folder.resolve("dog"), 10);
      }
      case WEB_DATASET -> {
        Shards.write(folder.resolve("a.tar"), "0", Shards.pictures().subList(0, 10));
        Shards.write(folder.resolve("b.tar"), "1", Shards.pictures().subList(10, 20));
      }
      case TENSORS -> throw new IllegalArgumentException("no pictures");
    }
  }

  /**
   * CIFAR's records, of all classes in turn.
   *
   * @param labels bytes before the samples
   */
  private static byte[] records(int count, int labels) {
    int length = labels + 3072;
    byte[] bytes = new byte[count * length];
    for (int i = 0; i < bytes.length; i++) {
      int classes = labels == 1 ? 10 : 100;
      bytes[i] = (byte) (i % length < labels ? i / length % classes : i * 31 + i / 251);
    }
    return bytes;
  }

  private static byte[] noise(int seed, byte[] exif) throws IOException {
    var image = new BufferedImage(400, 200, BufferedImage.TYPE_INT_RGB);
    var random = new Random(seed);
    for (int i = 0; i < 400 * 200; i++) {
      image.setRGB(i % 400, i / 400, random.nextInt(1 << 24));
    }
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", bytes);
    byte[] plain = bytes.toByteArray();
    var marked = new ByteArrayOutputStream();
    marked.write(plain, 0, 2);
    marked.write(new byte[] {(byte) 0xff, (byte) 0xe1, 0, (byte) (exif.length + 2)});
    marked.write(exif);
    marked.write(plain, 2, plain.length - 2);
    return marked.toByteArray();
  }
}
