package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.process.StopSignal;

@Tag("libtorch")
@DisplayName("Files that are called pictures")
class NoPicturesTest {
  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: pictures}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: ImageFolder
          source: {persistentVolumeClaim: {claimName: data}}
          split: {test: 0.2}
        optimization:
          single: {optimizer: {type: Adam, learningRate: 1e-3}}
        training: {epochs: 1, batchSize: 4, imageSize: 32}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Path data;

  @BeforeEach
  void pictures() throws IOException {
    data = folder.resolve("data");
    PictureCopies.write(data.resolve("a"), 10);
    PictureCopies.write(data.resolve("b"), 10);
  }

  @Test
  @DisplayName("and are none are counted and named as what they are, before anything is trained")
  void areNamedInADryRun() throws IOException {
    Files.writeString(data.resolve("a/1.jpg"), "<!DOCTYPE html><html>Not found</html>");
    Files.writeString(data.resolve("b/2.png"), "version https://git-lfs.github.com/spec/v1\n");
    assertThat(dryRun(64))
        .contains("2 of 22 pictures cannot be read: ")
        .contains(
            "a/1.jpg: it is a web page (HTML), neither JPEG, PNG, BMP, WEBP, GIF, TIFF nor PNM")
        .contains("b/2.png: it is a pointer that Git LFS left in place of the file")
        .contains("; replace or remove them, or set dataset.onError: Skip");
  }

  @Test
  @DisplayName("and have 16 bits of grey are counted, and what becomes of them is said")
  void ofSixteenBitsOfGreyAreNamedInADryRun() throws IOException {
    var grey = new BufferedImage(9, 9, BufferedImage.TYPE_USHORT_GRAY);
    grey.getRaster().setSample(0, 0, 0, 4095);
    ImageIO.write(grey, "PNG", data.resolve("b/x-ray.png").toFile());
    assertThat(dryRun(0))
        .contains(
            "note       1 picture(s), one of them b/x-ray.png, have 16 bits of grey, of which")
        .contains("all values above 255 become white");
    Files.writeString(data.resolve("b/plain.pgm"), "P2 2 1 # of 12 bits\n4095 0 4095");
    assertThat(dryRun(0)).contains("note       2 picture(s), one of them ");
  }

  private String dryRun(int code) throws IOException {
    Path file = Files.writeString(folder.resolve("training.yaml"), TRAINING);
    var said = new StringWriter();
    int ended =
        FusionTrainer.commandLine(new StopSignal())
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute("dry-run", file.toString(), "--data=" + data);
    assertThat(ended).as(said.toString()).isEqualTo(code);
    return said.toString();
  }
}
