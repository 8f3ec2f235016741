package training.fusion.trainer.runs;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResultBuilder;
import training.fusion.trainer.checkpoint.JsonFile;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.Software;

/** A run's folder, written file by file. */
public record WrittenRun(Path folder, String name, String key) {
  private static final String CONFIGURATION =
      """
      {"contractVersion": 1, "name": "default/%s", "runKey": "%s", "gpuCount": 0,
       "model": {"architecture": "EfficientNetV2-S"},
       "dataset": {"format": "IDX", "source": {"persistentVolumeClaim": {"claimName": "data"}}},
       "optimization": {"single": {"optimizer": {"type": "%s"}}},
       "training": {"epochs": 3, "imageSize": 32}}
      """;

  /** One that has written its configuration. */
  public static WrittenRun configured(Path folder, String name, String key, String optimizer)
      throws IOException {
    Files.createDirectories(folder);
    ConfigurationFile.write(
        folder,
        new ObjectMapper()
            .readValue(CONFIGURATION.formatted(name, key, optimizer), RunConfiguration.class));
    return new WrittenRun(folder, name, key);
  }

  /** It begins at this time. */
  public WrittenRun begun(String time) throws IOException {
    return begun(time, List.of("cat", "dog"));
  }

  /** As {@link #begun(String)}, with a data set of these classes. */
  public WrittenRun begun(String time, List<String> classes) throws IOException {
    new RunDescription(
            Software.ofThisProcess(),
            "cpu",
            2,
            "Adam all blocks",
            "/data",
            classes,
            80,
            10,
            10,
            0,
            null,
            null,
            FolderReading.CURRENT,
            List.of(),
            Division.CURRENT,
            null)
        .write(folder);
    Files.writeString(folder.resolve("steps.log"), time + " pod start 0\n");
    return this;
  }

  /** It has trained so many epochs of ten steps, its accuracy a tenth of their number. */
  public WrittenRun trained(int epochs) throws IOException {
    var lines =
        new StringBuilder(
            "epoch,step,train_loss,train_accuracy,learning_rate_all,validation_loss,"
                + "validation_accuracy,validation_f1,validation_weighted_f1,"
                + "seconds,images_per_second,input_wait\n");
    for (int epoch = 1; epoch <= epochs; epoch++) {
      lines.append(
          "%d,%d,1.5,0.5,1.0E-3,1.25,0.%d,0.5,0.5,4.0,20.0,0.1%n"
              .formatted(epoch, 10 * epoch, epoch));
    }
    Files.writeString(folder.resolve("history.csv"), lines);
    return this;
  }

  /** It was trained to its end. */
  public WrittenRun succeeded() {
    var test = new Metrics(Metrics.Split.TEST, 3, 0.75, 0.5, 0.625, null, null);
    write(result().epoch(3).step(30).test(test).build());
    return this;
  }

  /** It failed, or was stopped. */
  public WrittenRun failed(String reason, int step) {
    write(result().step(step).failure(new RunResult.Failure(reason, "as in a test")).build());
    return this;
  }

  private RunResultBuilder result() {
    return RunResultBuilder.builder().contractVersion(1).runKey(key);
  }

  private void write(RunResult result) {
    JsonFile.write(folder.resolve("result.json"), result);
  }
}
