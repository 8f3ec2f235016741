package training.fusion.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.train.Settings;

@DisplayName("Pictures that were left out")
class SkippedPicturesTest {
  private static final String CONFIGURATION =
      """
      {"contractVersion": 1, "name": "a/b", "runKey": "k", "gpuCount": 0,
       "model": {"architecture": "EfficientNetV2-S"},
       "dataset": {"format": "ImageFolder", "source": {}, "split": {"test": 0.2}, "onError": "%s"},
       "optimization": {"single": {"optimizer": {"type": "SGD", "learningRate": 0.1}}},
       "training": {"imageSize": 32}}
      """;

  @Test
  void stayLeftOutInEveryAttemptOfTheRunAlsoWhenTheyAreRepaired(
      @TempDir Path data, @TempDir Path run) throws IOException {
    PictureCopies.write(data.resolve("a"), 20);
    PictureCopies.write(data.resolve("b"), 20);
    Path file = data.resolve("b/005-jpeg-cmyk.jpg");
    byte[] whole = Files.readAllBytes(file);
    Files.writeString(file, "no picture");
    ImageData first = read(data, "Skip", run);
    Files.write(file, whole);

    assertThat(first.leftOut()).isEqualTo(1);
    assertThat(read(data, "Skip", run).leftOut()).isEqualTo(1);
    assertThat(read(data, "Skip", null).leftOut()).isZero();
    assertThat(read(data, "Fail", run).leftOut()).isZero();
    Files.delete(data.resolve("a/005-jpeg-cmyk.jpg"));
    assertThat(read(data, "Skip", run).leftOut()).as("another data set").isZero();
  }

  private static ImageData read(Path data, String onError, @Nullable Path runFolder)
      throws IOException {
    RunConfiguration run =
        new ObjectMapper().readValue(CONFIGURATION.formatted(onError), RunConfiguration.class);
    Settings settings = Settings.of(run);
    ImageData read = ImageData.read(data, run.dataset(), settings.imageSize());
    return Inputs.ofCommandLine(data).prepared(read, settings, runFolder);
  }
}
