package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.FileName;
import training.fusion.trainer.Main;
import training.fusion.trainer.data.PictureCopies;

@Tag("process")
@DisplayName("Class folders with letters beyond ASCII")
class LocaleTest {
  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: letters}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: ImageFolder
          onError: Skip
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1}
        optimization: {single: {optimizer: {type: SGD, learningRate: 0.1}}}
        training: {imageSize: 32, batchSize: 4}
        pod: {gpu: {count: 0}}
      """;

  @ParameterizedTest
  @ValueSource(strings = {"POSIX", "C.UTF-8"})
  @DisplayName("are read in any locale")
  void inAnyLocale(String locale, @TempDir Path folder) throws IOException, InterruptedException {
    Path data = Files.createDirectory(folder.resolve("data"));
    PictureCopies.write(FileName.resolve(data, "Äpfel"), 10);
    PictureCopies.write(FileName.resolve(data, "猫"), 10);
    Path file = Files.writeString(folder.resolve("training.yaml"), TRAINING);
    try (var trainer =
        TrainerProcess.start(
            folder.resolve("log"),
            List.of("env", "LC_ALL=" + locale),
            List.of("-XX:+UseSerialGC"),
            Main.class,
            "dry-run",
            file.toString(),
            "--data=" + data)) {
      assertThat(trainer.exitCode()).as(trainer.said()).isZero();
      assertThat(trainer.said()).contains("2 classes");
    }
  }
}
