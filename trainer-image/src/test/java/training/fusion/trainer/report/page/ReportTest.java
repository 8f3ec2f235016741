package training.fusion.trainer.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResultBuilder;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.JsonFile;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.checkpoint.StepPoint;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.ConfusionCounter;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.EpochMatrices;
import training.fusion.trainer.report.EvaluationFile;
import training.fusion.trainer.report.MatrixSummary;
import training.fusion.trainer.report.MetricsFile;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.Software;
import training.fusion.trainer.report.StepTable;

/** The page of runs whose folders are written here, file by file. */
class ReportTest {
  private static final String CONFIGURATION =
      """
      {"contractVersion": 1, "name": "default/small", "runKey": "k", "gpuCount": 0,
       "model": {"architecture": "EfficientNetV2-S"},
       "dataset": {"format": "IDX", "source": {"persistentVolumeClaim": {"claimName": "data"}}},
       "optimization": {"fusion": {
         "lowLevel": {"lastBlock": 5, "optimizer": {"type": "Adam"}},
         "highLevel": {"optimizer": {"type": "SGD"}}}},
       "training": {"epochs": 3, "imageSize": 32}}
      """;

  private static final String COLUMNS =
      "epoch,step,train_loss,train_accuracy,learning_rate_lowLevel,learning_rate_highLevel,"
          + "validation_loss,validation_accuracy,validation_f1,validation_weighted_f1,"
          + "seconds,images_per_second,input_wait\n";

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @Test
  void aFinishedRunShowsCurvesBlocksMatrixAndClasses() throws IOException {
    begin(List.of("cat", "dog", "eel"));
    history(3);
    finish(List.of("cat", "dog", "eel"), null);

    String page = page();

    assertThat(page)
        .contains("Succeeded")
        .contains(
            "Loss, over 3 epochs: training goes from 2.000 to 1.000; validation goes from 2.500 to"
                + " 1.500.")
        .contains("<strong>Adam</strong> on blocks 0–5: <strong>26.2 %</strong> of the parameters")
        .contains("title=\"1 of cat taken for dog\"")
        .contains("macro average")
        .contains("libtorch 2.3.1");
  }

  @Test
  void theClassesThatAreToldApartWorstComeFirst() throws IOException {
    List<String> names = List.of("cat", "dog", "eel");
    begin(names);
    history(1);
    var matrix = new ConfusionCounter(3);
    matrix.add(0, 0);
    matrix.add(1, 0);
    matrix.add(2, 2);
    matrix.add(2, 2);
    finish(names, null, DetailedMetrics.of(Metrics.Split.TEST, 1, 1, matrix));

    assertThat(page().replaceAll("(?s).*table class=\"classes(.*?)</tbody>.*", "$1"))
        .containsSubsequence(">dog<", "0.0000", ">cat<", "0.6667", ">eel<", "1.0000");
  }

  @Test
  void beforeTheEndThePageHasTheNewestEvaluationAndAllMatricesToChooseFrom() throws IOException {
    begin(List.of("cat", "dog"));
    history(2);
    evaluation(2);
    for (int epoch = 1; epoch <= 2; epoch++) {
      var matrix = new ConfusionCounter(2);
      matrix.add(0, epoch - 1);
      EpochMatrices.write(folder, epoch, MatrixSummary.of(matrix.matrix()));
    }

    assertThat(page())
        .contains("Training</span>", "epoch 2 of 3 done, step 20")
        .contains(
            "<h2 id=\"confusion\">Confusion matrix, <span id=\"matrix-name\">validation, epoch 2<")
        .containsSubsequence(
            "<option>validation, epoch 1</option>", "<option selected>validation, epoch 2</option>")
        .contains("Class by class, validation, epoch 2", "title=\"3 of dog taken for cat\"");

    finish(List.of("cat", "dog"), null);
    assertThat(page())
        .contains("<span id=\"matrix-name\">test<", "Class by class, test")
        .containsSubsequence(
            "<option>validation, epoch 2</option>", "<option selected>test</option>");
  }

  /** It was evaluated, and then killed before that was saved; the epoch is trained again. */
  @Test
  void anEvaluationOfAnEpochThatIsTrainedAgainIsNotShown() throws IOException {
    begin(List.of("cat", "dog"));
    history(1);
    evaluation(2);
    assertThat(page()).doesNotContain("Worst mistakes", "id=\"confusion\"");
  }

  @Test
  void theWorstMistakesAreShownWithTheirNamesAndPictures() throws IOException {
    begin(List.of("<b>cat</b>", "dog"));
    history(2);
    evaluation(2);
    assertThat(page())
        .contains("Worst mistakes, validation, epoch 2")
        .contains("The 2 of the highest loss, of 3 that were mistaken among 5 images.")
        .contains("<img src=\"data:image/png;base64,AAAA\" alt=\"\">")
        .contains(
            "<strong>dog</strong> taken for <strong>&lt;b&gt;cat&lt;/b&gt;</strong> (97.5 %), loss 3.7000")
        .contains(
            "<div class=\"file\">dog/&lt;i&gt;.jpg</div>", "<div class=\"file\">sample 7</div>")
        .containsOnlyOnce("<img src=")
        .doesNotContain("spec.report.pictures");
  }

  /** Not even those that a file has. */
  @Test
  void picturesThatTheRunMayNotShowAreNotInItsPage() throws IOException {
    begin(List.of("cat", "dog"));
    ConfigurationFile.write(
        folder,
        new ObjectMapper()
            .readValue(
                CONFIGURATION.replaceFirst("}\\s*$", ", \"report\": {\"pictures\": false}}"),
                RunConfiguration.class));
    history(2);
    evaluation(2);
    assertThat(page())
        .contains("Pictures are not shown: spec.report.pictures is false.")
        .contains("<div class=\"file\">sample 7</div>", "report:\n    pictures: false")
        .doesNotContain("<img", "base64,");
  }

  @Test
  void stepsAreDrawnWithTheirLevelsAndTheSwitchOfSwats() throws IOException {
    begin(List.of("cat", "dog"));
    history(0);
    var first =
        new StepPoint(1, 1, 2, 2, List.of(new StepPoint.Level(0.1, 3, 40.0)), null, 1, 0, null);
    var second =
        new StepPoint(
            2,
            1,
            1,
            1,
            List.of(new StepPoint.Level(0.2, 2, null)),
            1L,
            1,
            0,
            new StepPoint.Memory(1L << 30, 3L << 29, null));
    new StepTable(List.of("all"), new StepCurve(1, List.of(first, second))).write(folder);

    assertThat(page())
        .contains("epoch 0 of 3 done, step 2")
        .contains("The dotted line marks step 1, Adam's last in SWATS", "\"marks\":[1]")
        .contains("Loss, step by step, over 2 steps: training goes from 2.000 to 1.000.")
        .contains("Weight norm, over 2 steps: all is 40.00.")
        .contains("Memory, in GiB, over 2 steps: process is 1.000; its peak is 1.500.")
        .contains("1.50 GiB of the machine's at most");
  }

  /** Forty levels and as many points as a curve may have. */
  @Test
  void thePageOfManyLevelsStaysSmall() throws IOException {
    begin(List.of("cat", "dog"));
    history(0);
    List<String> levels = IntStream.rangeClosed(1, 40).mapToObj(i -> "level" + i).toList();
    List<StepPoint> points =
        IntStream.rangeClosed(1, 512)
            .mapToObj(
                step ->
                    new StepPoint(
                        100L * step,
                        100,
                        1.0 / 3,
                        1,
                        Collections.nCopies(
                            40, new StepPoint.Level(1.0 / step, Math.sqrt(step), Math.sqrt(step))),
                        null,
                        1,
                        0,
                        null))
            .toList();
    new StepTable(levels, new StepCurve(100, points)).write(folder);

    assertThat(page().length()).isLessThan(300_000);
    assertThat(page()).contains("A point stands for 800 steps").contains("level 40");
  }

  /** All are right; scikit-learn's macro F1 is 1, and so is the table's. */
  @Test
  void classesThatTheTestImagesLackAreCountedAndCostNoF1() throws IOException {
    List<String> names = List.of("cat", "dog", "eel");
    begin(names);
    history(1);
    var matrix = new ConfusionCounter(3);
    matrix.add(0, 0);
    matrix.add(2, 2);
    finish(names, null, DetailedMetrics.of(Metrics.Split.TEST, 1, 1, matrix));

    assertThat(page())
        .contains(
            "1 of 3 classes had no picture (dog); macro averages are over the 2 that occur among"
                + " pictures or predictions")
        .containsPattern("macro average</th><td>1.0000</td><td>1.0000</td><td>1.0000</td>");
  }

  /** Those of signals are such. */
  @Test
  void aThreadWithoutAClassLoaderWritesItToo() throws IOException {
    begin(List.of("cat", "dog"));
    history(1);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(null);
    try {
      assertThat(page()).contains("</html>");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void noKeyInAnAddressOfTheConfigurationIsShown() throws IOException {
    begin(List.of("cat", "dog"));
    ConfigurationFile.write(
        folder,
        new ObjectMapper()
            .readValue(
                CONFIGURATION
                    .replace(
                        "{\"persistentVolumeClaim\": {\"claimName\": \"data\"}}",
                        "{\"https\": {\"url\": \"https://me:KEY@data.example/a.tgz?sig=KEY\","
                            + " \"sha256\": \"0\"}}")
                    .replace(
                        "\"training\":",
                        "\"tracking\": {\"mlflow\": {\"trackingUri\":"
                            + " \"https://me:KEY@mlflow.example\"}}, \"training\":"),
                RunConfiguration.class));
    history(1);

    assertThat(page())
        .contains("https://data.example/a.tgz")
        .contains("https://mlflow.example")
        .doesNotContain("KEY");
  }

  @Test
  void aNameThatIsMarkupStaysText() throws IOException {
    List<String> names = List.of("</script><script>alert(1)</script>", "\"onload=\"x", "eel");
    begin(names);
    history(2);
    finish(names, null);

    assertThat(page())
        .doesNotContain("<script>alert")
        .contains("title=\"1 of &#34;onload=&#34;x taken for eel\"")
        .contains("&lt;script&gt;alert(1)");
  }

  @Test
  void thePageNeedsNothingFromElsewhere() throws IOException {
    begin(List.of("cat", "dog"));
    history(1);

    assertThat(page())
        .contains("default-src 'none'")
        .doesNotContainPattern("(src|href)\\s*=\\s*[\"']?(https?:|//)")
        .doesNotContain("@import");
  }

  @Test
  void aThousandClassesArePaintedAndThePageStaysSmall() throws IOException {
    List<String> names = IntStream.range(0, 1000).mapToObj(i -> "class " + i).toList();
    begin(names);
    history(3);
    finish(names, null);

    assertThat(page().length()).isLessThan(500_000);
    assertThat(page()).contains("data:image/png;base64,").doesNotContain("class=\"heat\">\n<thead");
  }

  /** 300,000 cells are not 0, and some of each class are right. */
  @Test
  void thePageOfTenThousandClassesIsNoLargerThanThatOfAThousand() throws IOException {
    List<String> names = IntStream.range(0, 10_000).mapToObj(i -> "class " + i).toList();
    begin(names);
    history(3);
    var counter = new ConfusionCounter(10_000);
    for (int label = 0; label < 10_000; label++) {
      for (int i = 0; i < 30; i++) {
        counter.add(label, (label + i * i * i) % 10_000);
      }
    }
    for (int i = 0; i < 7; i++) {
      counter.add(4321, 1234);
    }
    finish(names, null, DetailedMetrics.of(Metrics.Split.TEST, 1, 1, counter));
    for (int epoch = 1; epoch <= 3; epoch++) {
      EpochMatrices.write(folder, epoch, MatrixSummary.of(counter.matrix()));
    }

    String page = page();

    assertThat(page.length()).isLessThan(500_000);
    assertThat(page)
        .contains("of each the mistakes of the most images can be pointed at, up to")
        .contains("40 classes that follow each other share a row and a column")
        .contains(
            "<tr><td class=\"what\">class 4321</td><td class=\"what\">class"
                + " 1234</td><td>7</td><td>18.9 %</td></tr>")
        .contains("Those of the lowest F1 among 10,000 classes with images")
        .containsPattern(
            "<tbody>\\s*<tr data-place=\"4321\"><th scope=\"row\" class=\"what\">class 4321</th>");
    assertThat(folder.resolve("metrics.json"))
        .satisfies(file -> assertThat(Files.size(file)).isLessThan(6_000_000));
  }

  @Test
  void beforeTheFirstEvaluationThePageSaysSo() throws IOException {
    begin(List.of("cat", "dog"));
    history(0);

    assertThat(page()).contains("The first epoch is not evaluated yet").contains("Training</span>");
  }

  @Test
  void aFailureIsToldAndForgottenWhenALaterAttemptGotFurther() throws IOException {
    begin(List.of("cat", "dog"));
    history(1);
    finish(List.of("cat", "dog"), new RunResult.Failure("Diverged", "step 11 has the loss NaN"));
    assertThat(page()).contains("Failed: Diverged").contains("step 11 has the loss NaN");

    history(2);
    assertThat(page()).doesNotContain("Diverged").contains("Training</span>");
  }

  /** The page of a trainer that was killed stays as it was: the reader's clock tells. */
  @Test
  void aPageThatIsNotWrittenAnewSaysSoItself() throws IOException {
    begin(List.of("cat", "dog"));
    history(1);
    assertThat(page())
        .containsPattern("id=\"state\" data-written=\"20\\d\\d-[^\"]+Z\" data-seconds=\"\\d+\"")
        .containsPattern("<span>as of 20\\d\\d-")
        .contains(
            "id=\"silent\" role=\"alert\" hidden", "getElementById(\"silent\").hidden = false");

    finish(List.of("cat", "dog"), null);
    assertThat(page()).doesNotContain("id=\"state\"", "as of 20");
  }

  @Test
  void ofARunThatNobodyTrainsAnyMoreItSaysSo() throws IOException {
    begin(List.of("cat", "dog"));
    history(1);
    Report.write(folder, true);
    assertThat(folder.resolve("report.html"))
        .content()
        .contains("Interrupted</span>", "it was killed")
        .doesNotContain("Training</span>", "http-equiv=\"refresh\"");

    finish(List.of("cat", "dog"), null);
    Report.write(folder, true);
    assertThat(folder.resolve("report.html")).content().contains("Succeeded</span>");
  }

  @Test
  void aFolderThatIsNoRunsIsRefusedByName() {
    assertThatThrownBy(() -> Report.write(folder))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("has no configuration.json");
  }

  private String page() throws IOException {
    Report.write(folder);
    return Files.readString(folder.resolve("report.html"));
  }

  private void begin(List<String> classes) throws IOException {
    ConfigurationFile.write(
        folder, new ObjectMapper().readValue(CONFIGURATION, RunConfiguration.class));
    new RunDescription(
            Software.ofThisProcess(),
            "cpu",
            2,
            "Adam → SGD",
            "/data",
            classes,
            80,
            10,
            10,
            0,
            null,
            null,
            FolderReading.CURRENT,
            List.of("2 left out, since they are hidden"),
            Division.CURRENT,
            null)
        .write(folder);
  }

  /** Ten steps an epoch, losses that fall to 1 and 1.5. */
  private void history(int epochs) throws IOException {
    var lines = new ArrayList<String>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      double loss = epochs == 1 ? 1 : 2 - (epoch - 1.0) / (epochs - 1);
      lines.add(
          "%d,%d,%s,0.5,1.0E-3,1.0E-2,%s,0.6,0.5,0.5,4.0,20.0,0.1%n"
              .formatted(epoch, 10 * epoch, loss, loss + 0.5));
    }
    Files.writeString(folder.resolve("history.csv"), COLUMNS + String.join("", lines));
  }

  /** Two of five right, three dogs taken for cats; of two of these it is known which. */
  private void evaluation(int epoch) {
    var matrix = new ConfusionCounter(2);
    matrix.add(0, 0);
    matrix.add(1, 1);
    for (int i = 0; i < 3; i++) {
      matrix.add(1, 0);
    }
    new EvaluationFile(
            DetailedMetrics.of(Metrics.Split.VALIDATION, epoch, 5, matrix),
            List.of(
                new EvaluationFile.Shown(
                    "dog/<i>.jpg", 1, 0, 3.7, 0.975, "data:image/png;base64,AAAA"),
                new EvaluationFile.Shown("sample 7", 1, 0, 1, 0.6, null)))
        .write(folder);
  }

  /** Every class right but for its first image, which is taken for the next class. */
  private void finish(
      List<String> classes, RunResult.@org.jspecify.annotations.Nullable Failure failure) {
    var matrix = new ConfusionCounter(classes.size());
    for (int label = 0; label < classes.size(); label++) {
      matrix.add(label, label);
      matrix.add(label, (label + 1) % classes.size());
    }
    finish(classes, failure, DetailedMetrics.of(Metrics.Split.TEST, 1, 1, matrix));
  }

  private void finish(
      List<String> classes,
      RunResult.@org.jspecify.annotations.Nullable Failure failure,
      DetailedMetrics metrics) {
    new MetricsFile(classes, null, metrics, null, null, null).write(folder);
    JsonFile.write(
        folder.resolve("result.json"),
        RunResultBuilder.builder()
            .contractVersion(1)
            .runKey("k")
            .failure(failure)
            .epoch(3)
            .step(failure == null ? 30 : 10)
            .test(failure == null ? metrics.figures() : null)
            .build());
  }
}
