package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.Logged;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.report.MetricsFile;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.TensorHeader;

/** The trainer from its command line: two epochs of three steps on 30 pictures of three classes. */
@Tag("libtorch")
class TrainCommandTest {
  private static final String GOES_ON =
      "  checkpoint: {volume: {persistentVolumeClaim: {claimName: runs}}, resumeFrom: %s}\n";

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: small}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: IDX
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
          resize: {mode: Pad}
        optimization:
          fusion:
            lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-3}}
            highLevel: {optimizer: {type: SGD, learningRate: 2e-2, momentum: 0.9}}
        training: {epochs: 2, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Path data;

  /** The errors that the last training has logged. */
  private String logged = "";

  @BeforeEach
  void data() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(30, 28, 28), IdxFiles.cyclicLabels(30, 3));
  }

  @Test
  void aTrainingLeavesModelResultHistoryAndMetrics() throws IOException {
    assertThat(train(TRAINING, "out", new StopSignal())).isZero();
    Path out = folder.resolve("out");
    JsonNode result = result("out");
    assertThat(result.get("epoch").asInt()).isEqualTo(2);
    assertThat(result.get("step").asInt()).isEqualTo(6);
    assertThat(result.has("failure")).isFalse();
    assertThat(result.at("/test/accuracy").isNumber()).isTrue();
    assertThat(result.at("/model/sha256").asText()).hasSize(64);
    assertThat(result.at("/parameters/lowLevel").asLong()).isEqualTo(5_285_416);
    assertThat(result.at("/parameters/highLevel").asLong()).isEqualTo(14_895_915);
    assertThat(Files.readAllLines(out.resolve("history.csv"))).hasSize(3);
    assertThat(out.resolve("metrics.json")).exists();
    assertThat(out.resolve("report.html"))
        .content()
        .contains("Succeeded", "2 of 2 epochs")
        .contains("Loss, step by step, over 6 steps", "Weight norm, over 6 steps")
        .contains("<option>validation, epoch 1</option>", "<option selected>test</option>")
        .contains("Worst mistakes, validation, epoch ")
        .contains("Run it again");
    JsonNode worst = json(out.resolve("evaluation.json")).get("worst");
    double before = Double.MAX_VALUE;
    for (JsonNode mistake : worst) {
      assertThat(mistake.get("loss").asDouble()).isBetween(0.0, before);
      assertThat(mistake.get("probability").asDouble()).isBetween(1.0 / 3, 1.0);
      assertThat(mistake.get("label")).isNotEqualTo(mistake.get("prediction"));
      assertThat(mistake.get("picture").asText()).startsWith("data:image/png;base64,");
      before = mistake.get("loss").asDouble();
    }
    assertThat(Files.readAllLines(out.resolve("steps.csv"))).hasSize(7);
    assertThat(out.resolve("model.safetensors")).exists();
    assertThat(out.resolve("model.torchscript.pt")).exists();
  }

  /** The same training twice: in one call a step, and in two with the time taken in between. */
  @Test
  void aProfileDividesTheStepsAmongTheirPhasesAndChangesNoBit() throws IOException {
    String training = TRAINING.replace("batchSize: 8", "batchSize: 8, microBatchSize: 5");
    assertThat(train(training, "plain", new StopSignal())).isZero();
    assertThat(train(training, "profiled", new StopSignal(), "--profile")).isZero();
    JsonNode profile =
        new ObjectMapper().readTree(folder.resolve("profiled/profile.json").toFile());
    assertThat(profile.get("epochs").fieldNames()).toIterable().containsExactly("1", "2");
    assertThat(profile.at("/epochs/2/steps").asInt()).isEqualTo(3);
    JsonNode whole = profile.get("training");
    assertThat(whole.get("steps").asInt()).isEqualTo(6);
    double seconds = whole.get("seconds").asDouble();
    assertThat(whole.get("imagesPerSecond").asDouble()).isCloseTo(48 / seconds, within(1e-6));
    assertThat(whole.get("phases").fieldNames())
        .toIterable()
        .containsExactly("inputWait", "forward", "backward", "optimizer", "host");
    double sum = 0;
    for (JsonNode phase : whole.get("phases")) {
      sum += phase.get("share").asDouble();
    }
    assertThat(sum).isCloseTo(1, within(1e-9));
    for (String phase : List.of("forward", "backward", "optimizer")) {
      assertThat(whole.at("/phases/" + phase + "/medianMilliseconds").asDouble()).isPositive();
    }
    assertThat(folder.resolve("plain/profile.json")).doesNotExist();
    assertThat(folder.resolve("profiled/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("plain/model.safetensors"));
  }

  /** The weights are the model of another training: torchvision's names, all of them. */
  @Test
  void aTrainingBeginsWithPretrainedWeightsAndIsResumedWithoutThem() throws IOException {
    String normalized =
        TRAINING.replace("format: IDX", "format: IDX\n    normalization: {preset: Clip}");
    train(normalized.replace("epochs: 2", "epochs: 1"), "first", new StopSignal());
    Path weights = folder.resolve("first/model.safetensors");
    String pretrained =
        TRAINING
            .replace(
                "model: {",
                "model: {pretrained: {source: {persistentVolumeClaim: {claimName: w}}, head: Keep,"
                    + " entry: '', prefix: Auto}, ")
            .replace("learningRate: 1e-3", "learningRate: 1e-12")
            .replace("learningRate: 2e-2, momentum: 0.9", "learningRate: 1e-12")
            .replace("epochs: 2", "epochs: 1");
    var stop = new StopSignal();
    stop.request();
    assertThat(train(pretrained, "second", stop, "--weights=" + weights)).isEqualTo(143);
    assertThat(train(pretrained, "second", new StopSignal())).isZero();
    try (var before = SafetensorsFile.open(weights);
        var after = SafetensorsFile.open(folder.resolve("second/model.safetensors"))) {
      for (String name : List.of("features.3.1.block.0.0.weight", "classifier.1.weight")) {
        float[] started = new float[100];
        float[] ended = new float[100];
        before.values(name).asFloatBuffer().get(started);
        after.values(name).asFloatBuffer().get(ended);
        assertThat(ended).as(name).containsExactly(started, within(1e-6f));
      }
      assertThat(after.metadata().get("variant")).isEqualTo("Torchvision");
      assertThat(after.metadata().get("preprocessing"))
          .as("the weights' own normalization, after a stop too")
          .contains("\"mean\":[0.48145466,0.4578275,0.40821073]");
    }
    assertThat(result("second").get("pretrainedVariant").asText()).isEqualTo("Torchvision");
    assertThat(result("first").has("pretrainedVariant")).isFalse();
  }

  @Test
  void pretrainedWeightsThatAreNotGivenAreAskedFor() throws IOException {
    String pretrained =
        TRAINING.replace(
            "model: {", "model: {pretrained: {source: {persistentVolumeClaim: {claimName: w}}}, ");
    assertThat(train(pretrained, "out", new StopSignal())).isEqualTo(64);
    assertThat(logged).contains("--weights names the file");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aVisionTransformerTrainsInBf16AndInMicroBatchesOfOneImage() throws IOException {
    String vit =
        TRAINING
            .replace("EfficientNetV2-S", "ViT-B-16")
            .replace("type: Adam, learningRate: 1e-3", "type: None")
            .replace("2e-2", "1e-3")
            .replace("epochs: 2, batchSize: 8", "epochs: 1, batchSize: 23, microBatchSize: 1")
            .replace("seed: 1}", "seed: 1, select: Last, precision: BF16}");
    assertThat(train(vit, "out", new StopSignal())).isZero();
    assertThat(result("out").get("step").asInt()).isEqualTo(2); // the second has one image
    assertThat(result("out").at("/test/loss").asDouble()).isBetween(0.5, 2.0);
  }

  @Test
  void tf32WithoutAGpuIsRefused() throws IOException {
    var errors = new StringWriter();
    assertThat(
            train(
                TRAINING.replace("seed: 1}", "seed: 1, precision: TF32}"),
                "out",
                new StopSignal(),
                errors))
        .isEqualTo(64);
    assertThat(errors.toString())
        .contains("TF32 exists on a GPU only; choose FP32 or BF16, or set pod.gpu.count to 1");
  }

  @Test
  void aRunThatIsFinishedTrainsNothingMore() throws IOException {
    train(TRAINING, "out", new StopSignal());
    List<String> ledger = Files.readAllLines(folder.resolve("out/steps.log"));
    assertThat(ledger.get(ledger.size() - 1)).endsWith("finished 6");
    assertThat(train(TRAINING, "out", new StopSignal())).isZero();
    assertThat(folder.resolve("out/steps.log")).content().hasLineCount(ledger.size());
  }

  @Test
  void evaluateFindsTheFiguresThatTheRunHasLeft() throws IOException {
    train(TRAINING, "out", new StopSignal());
    JsonNode expected = json(folder.resolve("out/metrics.json")).get("test");
    var said = new StringWriter();

    int code = command(said, "evaluate", folder.resolve("out").toString(), "-o", "json");

    assertThat(code).isZero();
    JsonNode found = new ObjectMapper().readTree(said.toString());
    assertThat(found.get("split").asText()).isEqualTo("test");
    assertThat(found.get("accuracy")).isEqualTo(expected.at("/figures/accuracy"));
    assertThat(found.get("loss")).isEqualTo(expected.at("/figures/loss"));
    assertThat(found.get("f1")).isEqualTo(expected.at("/figures/f1"));
    assertThat(found.get("confusionMatrix")).isEqualTo(expected.get("confusionMatrix"));
  }

  @Test
  void predictTakesPicturesForWhatEvaluateCounts() throws IOException {
    data = folder.resolve("pictures");
    for (String name : List.of("a", "b")) {
      PictureCopies.write(data.resolve("train").resolve(name), 10);
      PictureCopies.write(data.resolve("test").resolve(name), name.equals("a") ? 4 : 7);
    }
    train(
        TRAINING
            .replace("format: IDX", "format: ImageFolder")
            .replace("validation: 0.1, test: 0.1", "validation: 0")
            .replace("epochs: 2", "epochs: 1"),
        "out",
        new StopSignal());
    long[][] matrix =
        MetricsFile.read(folder.resolve("out")).orElseThrow().test().confusionMatrix().rows();
    for (int label = 0; label < 2; label++) {
      String name = label == 0 ? "a" : "b";
      List<String> arguments = new ArrayList<>(List.of("predict", out(), "-o", "json"));
      try (Stream<Path> files = Files.list(data.resolve("test").resolve(name))) {
        files.sorted().forEach(file -> arguments.add(file.toString()));
      }
      var said = new StringWriter();

      assertThat(command(said, arguments.toArray(new String[0]))).isZero();

      int[] counted = new int[2];
      for (JsonNode guesses : new ObjectMapper().readTree(said.toString())) {
        counted[guesses.at("/0/label").asText().equals("a") ? 0 : 1]++;
        assertThat(
                guesses.at("/0/probability").asDouble() + guesses.at("/1/probability").asDouble())
            .isCloseTo(1, within(1e-6));
      }
      assertThat(counted).containsExactly((int) matrix[label][0], (int) matrix[label][1]);
    }
  }

  @Test
  void aFileThatIsNoPictureIsNamedByPredict() throws IOException {
    train(TRAINING.replace("epochs: 2", "epochs: 1"), "out", new StopSignal());
    Path text = Files.writeString(folder.resolve("text.png"), "no picture");
    var said = new StringWriter();
    assertThat(command(said, "predict", out(), text.toString())).isEqualTo(64);
    assertThat(said.toString()).contains("text.png is no picture").doesNotContain("\tat ");
  }

  @Test
  void eventFilesForTensorBoardAreWrittenWhereTheyAreAskedFor() throws IOException {
    train(
        TRAINING.replace("  pod:", "  tracking: {tensorboard: true}\n  pod:"),
        "out",
        new StopSignal());

    try (Stream<Path> files = Files.list(folder.resolve("out/tensorboard"))) {
      byte[] events = Files.readAllBytes(files.findFirst().orElseThrow());
      assertThat(new String(events, StandardCharsets.ISO_8859_1))
          .contains("accuracy/validation")
          .contains("f1/test_of_model");
    }
  }

  @Test
  void aFinishedRunIsProlongedFromItsFolderAlone() throws IOException {
    train(TRAINING, "out", new StopSignal());

    assertThat(command(new StringWriter(), "resume", out(), "--epochs=3")).isZero();

    assertThat(result("out").get("epoch").asInt()).isEqualTo(3);
    assertThat(Files.readAllLines(folder.resolve("out/history.csv"))).hasSize(4);
    assertThat(folder.resolve("out/report.html")).content().contains("3 of 3 epochs");
    var errors = new StringWriter();
    assertThat(command(errors, "resume", out(), "--epochs=3")).isEqualTo(64);
    assertThat(errors.toString()).contains("the run has 3 epochs already");
  }

  @Test
  void aRunThatHasPausedGoesOnAndEndsAsUndisturbed() throws IOException {
    String training =
        TRAINING + "  checkpoint: {volume: {persistentVolumeClaim: {claimName: runs}}}\n";
    assertThat(train(training, "undisturbed", new StopSignal())).isZero();
    for (int attempt = 1; attempt <= 2; attempt++) {
      assertThat(train(training, "out", new StopSignal(), "--set", "pauseAfterEpoch=1")).isZero();
      assertThat(result("out").at("/failure/reason").asText()).isEqualTo("Paused");
      assertThat(result("out").at("/failure/message").asText()).contains("after epoch 1 of 2");
      assertThat(result("out").at("/validation/epoch").asInt()).isEqualTo(1);
      assertThat(run("out").trainedSteps()).containsExactly(1, 2, 3);
    }
    assertThat(folder.resolve("out/model.safetensors")).doesNotExist();
    assertThat(folder.resolve("out/report.html")).content().contains("Paused");

    assertThat(command(new StringWriter(), "resume", out())).isZero();
    run("out").mustEqual(run("undisturbed"));
    assertThat(run("out").trainedSteps()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void dryRunPrintsEveryHyperparameterWithItsDefault() throws IOException {
    String choices =
        "seed: 1, schedule: {type: Step}, ema: {}, classWeights: {values: [1, 2, 0.5]},"
            + " earlyStopping: {patience: 3}}";
    assertThat(dryRun(TRAINING.replace("seed: 1}", choices)))
        .contains(
            "lowLevel: 5,285,416 parameters, Adam, learningRate 0.001, weightDecay 0, beta1 0.9,"
                + " beta2 0.999, epsilon 1e-8, amsgrad false\n")
        .contains(
            "highLevel: 14,895,915 parameters, SGD, learningRate 0.02, weightDecay 0, momentum 0.9,"
                + " dampening 0, nesterov false\n")
        .contains("augmented  None\n")
        .contains("schedule   Step, warmupSteps 0, everyEpochs 30, factor 0.1\n")
        .contains("classes    0: 10, 1: 10, 2: 10\n")
        .contains("weights    of the classes in the training loss: 1: 2.000, 0: 1.000, 2: 0.5000\n")
        .contains("ema        decay 0.9999, warmup false\n")
        .contains("stops      early: patience 3, minimumImprovement 0, metric Accuracy\n");
    String swats = TRAINING.replaceFirst("(?s)fusion:.*momentum: 0.9}}\n", "swats: {}\n");
    assertThat(dryRun(swats))
        .contains(
            "learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, tolerance 1e-9, minimumSteps"
                + " 2\n")
        .contains("schedule   Constant\n")
        .doesNotContain("ema");
    String transforms =
        "seed: 1, augmentation: Flip, transforms: {trivialAugmentWide: {}, cutMix: {}},"
            + " selectMetric: Loss, schedule: {type: Cosine, warmupEpochs: 1, minimumLearningRate:"
            + " 1e-5}}";
    assertThat(dryRun(TRAINING.replace("seed: 1}", transforms)))
        .contains(
            "augmented  Flip; trivialAugmentWide: numMagnitudeBins 31, interpolation Nearest;"
                + " cutMix: alpha 1\n")
        .contains("schedule   Cosine, warmupEpochs 1, minimumLearningRate 0.00001\n")
        .contains("selects    the best by Loss\n");
  }

  private String dryRun(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("dry.yaml"), yaml);
    var said = new StringWriter();
    assertThat(command(said, "dry-run", file.toString(), "--data=" + data)).isZero();
    return said.toString();
  }

  @Test
  void everyMistakeOfAFileIsNamedWithItsLine() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("wrong.yaml"),
            TRAINING.replace("epochs: 2", "epoch: 2").replace("format: IDX", "format: idx"));
    var errors = new StringWriter();

    assertThat(command(errors, "dry-run", file.toString(), "--data=" + data)).isEqualTo(64);

    assertThat(errors.toString())
        .contains("wrong.yaml:7:")
        .contains("spec.dataset.format")
        .contains("wrong.yaml:15:")
        .contains("spec.training.epoch");
  }

  @Test
  void whatIsNoRunsFolderIsSaid() {
    var errors = new StringWriter();
    assertThat(command(errors, "resume", folder.toString())).isEqualTo(64);
    assertThat(errors.toString()).contains("configuration.json").contains("no run's folder");
    var said = new StringWriter();
    assertThat(command(said, "evaluate", folder.toString())).isEqualTo(64);
    assertThat(said.toString()).contains("has no model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fusion: {lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-3}}, highLevel:"
            + " {optimizer: {type: SGD, learningRate: 2e-2, momentum: 0.9}}}",
        "fusion: {lowLevel: {lastBlock: 3, optimizer: {type: RAdam}, maxGradNorm: 1}, highLevel:"
            + " {optimizer: {type: NAdam}, schedule: {type: Step, everyEpochs: 1}}}",
        "swats: {relativeTolerance: 0.99, minimumSteps: 2}",
        "mas: {learningRate: 1e-3}"
      })
  void stoppedAfterEachStepOfAnEpochItEndsWithTheModelOfAnUndisturbedRun(String strategy)
      throws IOException {
    String training =
        TRAINING
            .replaceFirst("(?s)fusion:.*momentum: 0.9}}\n", strategy + "\n")
            .replace("seed: 1}", "seed: 1, weightDecayOn: NoNormAndBias}");
    assertThat(training).contains(strategy).contains("NoNormAndBias");
    stoppedItEndsAsUndisturbed(training);
    assertThat(result("undisturbed").has("swatsSwitchStep"))
        .isEqualTo(strategy.startsWith("swats"));
    assertThat(result("disturbed").get("swatsSwitchStep"))
        .isEqualTo(result("undisturbed").get("swatsSwitchStep"));
  }

  @Test
  void stoppedWithPicturesCutAndFlippedAtRandomItEndsAsUndisturbedToo() throws IOException {
    data = folder.resolve("pictures");
    for (String name : List.of("a", "b", "c")) {
      PictureCopies.write(data.resolve(name), 10);
    }
    Files.writeString(data.resolve("b/0-damaged.png"), "no picture");
    stoppedItEndsAsUndisturbed(
        TRAINING
            .replace("format: IDX", "format: ImageFolder\n    onError: Skip")
            .replace("imageSize: 32", "imageSize: 32, augmentation: RandomResizedCrop"));
    JsonNode metrics =
        new ObjectMapper().readTree(folder.resolve("undisturbed/metrics.json").toFile());
    assertThat(metrics.get("classes").toString()).isEqualTo("[\"a\",\"b\",\"c\"]");
    assertThat(metrics.get("skippedPictures").asInt()).isEqualTo(1);
    assertThat(result("disturbed").get("skippedPictures").asInt()).isEqualTo(1);
    assertThat(folder.resolve("disturbed/skipped.json"))
        .content()
        .contains(
            "b/0-damaged.png",
            "it is text (\\\"no picture\\\"), neither JPEG, PNG, BMP, WEBP, GIF, TIFF nor PNM");
    assertThat(folder.resolve("disturbed/report.html"))
        .content()
        .contains("1 damaged ones left out");
  }

  /** Draws depend on the place in the run alone: nothing of them is in a checkpoint. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "augmentation: RandomResizedCrop, transforms: {randomResizedCrop: {scale: [0.3, 1]},"
            + " randomVerticalFlip: {}, randAugment: {}, colorJitter: {brightness: 0.4, hue: 0.1},"
            + " randomErasing: {value: Random}, mixUp: {alpha: 0.2}, cutMix: {}}, microBatchSize:"
            + " 4",
        "augmentation: FlipAndCrop, transforms: {randomErasing: {}, mixUp: {}}, schedule: {type:"
            + " Exponential, factor: 0.5, warmupEpochs: 1}, selectMetric: F1"
      })
  void stoppedWithTransformsItEndsAsUndisturbedToo(String choices) throws IOException {
    stoppedItEndsAsUndisturbed(TRAINING.replace("seed: 1}", "seed: 1, " + choices + "}"));
    assertThat(folder.resolve("undisturbed/report.html"))
        .content()
        .contains("mixUp: alpha ")
        .contains("randomErasing: probability 0.5, scale 0.02 to 0.33, ratio 0.3 to 3.3");
    // of three classes five are all
    assertThat(result("undisturbed").get("test").has("top5Accuracy")).isFalse();
  }

  /** The average is in the checkpoint; where early stopping stands follows from its history. */
  @Test
  void stoppedWithAverageClassWeightsAndEarlyStoppingItEndsAsUndisturbedToo() throws IOException {
    stoppedItEndsAsUndisturbed(
        TRAINING
            .replace("epochs: 2", "epochs: 5")
            .replace(
                "seed: 1}",
                "seed: 1, ema: {decay: 0.75}, classWeights: {type: Balanced}, earlyStopping:"
                    + " {patience: 1, minimumImprovement: 1}}"));
    JsonNode result = result("undisturbed");
    assertThat(result.at("/stoppedEarly/epoch").asInt()).isEqualTo(2);
    assertThat(result.at("/stoppedEarly/bestEpoch").asInt()).isEqualTo(1);
    assertThat(result("disturbed").get("ema")).isEqualTo(result.get("ema"));
    assertThat(result.at("/ema/model/sha256").asText())
        .hasSize(64)
        .isNotEqualTo(result.at("/model/sha256").asText());
    Path state = run("undisturbed").newestCheckpoint().resolve("optimizer.safetensors");
    try (var saved = SafetensorsFile.open(state)) {
      assertThat(saved.tensors())
          .extracting(TensorHeader::name)
          .contains("ema.features.0.0.weight");
    }
    JsonNode metrics = json(folder.resolve("undisturbed/metrics.json"));
    assertThat(metrics.at("/ema/test/figures")).isEqualTo(result.at("/ema/test"));
    assertThat(metrics.at("/ema/validation/figures")).isEqualTo(result.at("/ema/best"));
    assertThat(run("undisturbed").history().get(0)).contains("ema_validation_loss");
    assertThat(folder.resolve("undisturbed/model-ema.torchscript.pt")).exists();
    assertThat(folder.resolve("undisturbed/report.html"))
        .content()
        .contains("average (EMA)")
        .contains("model-ema.safetensors, the averaged weights of epoch")
        .contains("stopped early, as nothing improved after epoch 1");
    var said = new StringWriter();
    String average = folder.resolve("undisturbed/model-ema.safetensors").toString();
    assertThat(command(said, "evaluate", average, "-o", "json")).isZero();
    assertThat(new ObjectMapper().readTree(said.toString()).get("loss"))
        .isEqualTo(result.at("/ema/test/loss"));
  }

  @Test
  void anAverageThatBeginsInTheMiddleBeginsWithTheWeightsThatAreThere() throws IOException {
    train(TRAINING.replace("seed: 1}", "seed: 1, select: Last}"), "first", new StopSignal());
    String averaged =
        TRAINING
            .replace("epochs: 2", "epochs: 3")
            .replace("learningRate: 1e-3", "learningRate: 1e-12")
            .replace("learningRate: 2e-2, momentum: 0.9", "learningRate: 1e-12, momentum: 0.9")
            .replace("seed: 1}", "seed: 1, select: Last, ema: {decay: 0.5}}");
    train(averaged + GOES_ON.formatted("first"), "second", new StopSignal());
    try (var before = SafetensorsFile.open(folder.resolve("first/model.safetensors"));
        var after = SafetensorsFile.open(folder.resolve("second/model-ema.safetensors"))) {
      float[] started = new float[100];
      float[] ended = new float[100];
      before.values("features.3.1.block.0.0.weight").asFloatBuffer().get(started);
      after.values("features.3.1.block.0.0.weight").asFloatBuffer().get(ended);
      assertThat(ended).containsExactly(started, within(1e-6f));
    }
    assertThat(run("second").history().get(1)).contains("", "");
  }

  private void stoppedItEndsAsUndisturbed(String training) throws IOException {
    assertThat(train(training, "undisturbed", new StopSignal())).isZero();
    var stop = new StopSignal();
    stop.request();
    Path skipped = folder.resolve("undisturbed/skipped.json");
    if (Files.exists(skipped)) { // a stop ends the search for damaged pictures too
      Files.createDirectory(folder.resolve("disturbed"));
      Files.copy(skipped, folder.resolve("disturbed/skipped.json"));
    }
    for (int step = 1; step <= 3; step++) {
      assertThat(train(training, "disturbed", stop)).isEqualTo(143);
      assertThat(result("disturbed").get("step").asInt()).isEqualTo(step);
    }
    assertThat(train(training, "disturbed", new StopSignal())).isZero();
    run("disturbed").mustEqual(run("undisturbed"));
    assertThat(run("disturbed").trainedSteps()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void aLearningRateThatIsTooHighEndsWith65AndNamesStepAndRates() throws IOException {
    String wild = TRAINING.replace("2e-2, momentum: 0.9", "1e6").replace("1e-3", "1e6");
    assertThat(train(wild, "out", new StopSignal())).isEqualTo(65);
    JsonNode failure = result("out").get("failure");
    assertThat(failure.get("reason").asText()).isEqualTo("Diverged");
    assertThat(failure.get("message").asText())
        .contains("learning rate 1.00e+06")
        .contains("lower the learningRate")
        .doesNotContain("\n", "batch norm");
    for (int batchSize : new int[] {11, 22}) { // found in a step, and after the epoch
      String rest = wild.replace("batchSize: 8", "batchSize: " + batchSize);
      assertThat(train(rest, "rest" + batchSize, new StopSignal())).isEqualTo(65);
      assertThat(result("rest" + batchSize).at("/failure/message").asText())
          .startsWith(batchSize == 11 ? "step 3 (epoch 1)" : "after epoch 1")
          .contains("the epoch's last batch has only 2 images, too few for batch norm")
          .contains("set training.batchSize, or dataset.limit.train, so that the 24 images");
    }
  }

  @Test
  void aRunThatGoesOnFromAnotherIsOneTrainingWithIt() throws IOException {
    assertThat(train(TRAINING.replace("epochs: 2", "epochs: 4"), "whole", new StopSignal()))
        .isZero();
    assertThat(train(TRAINING, "first", new StopSignal())).isZero();
    String longer = TRAINING.replace("epochs: 2", "epochs: 4") + GOES_ON.formatted("first");
    assertThat(train(longer, "second", new StopSignal())).isZero();
    assertThat(run("second").trainedSteps()).containsExactly(7, 8, 9, 10, 11, 12);
    assertThat(run("second").history()).isEqualTo(run("whole").history());
    assertThat(result("second").at("/model/sha256")).isEqualTo(result("whole").at("/model/sha256"));
    assertThat(run("second").newestCheckpoint().resolve("optimizer.safetensors"))
        .hasSameBinaryContentAs(run("whole").newestCheckpoint().resolve("optimizer.safetensors"));
  }

  @Test
  void whatWasStoppedEarlyIsTrainedFurtherWithNewPatience() throws IOException {
    String stopping =
        TRAINING
            .replace("epochs: 2", "epochs: 4")
            .replace("seed: 1}", "seed: 1, earlyStopping: {patience: 1, minimumImprovement: 1}}");
    assertThat(train(stopping, "out", new StopSignal())).isZero();
    assertThat(result("out").at("/stoppedEarly/epoch").asInt()).isEqualTo(2);
    assertThat(train(stopping + GOES_ON.formatted("out"), "second", new StopSignal())).isZero();
    assertThat(run("second").trainedSteps()).containsExactly(7, 8, 9);

    var errors = new StringWriter();
    assertThat(command(errors, "resume", out(), "--epochs=3")).isEqualTo(64);
    assertThat(errors.toString()).contains("was stopped early after 2");
    assertThat(command(new StringWriter(), "resume", out(), "--epochs=4")).isZero();
    assertThat(run("out").trainedSteps()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(result("out").at("/stoppedEarly/epoch").asInt()).isEqualTo(3);
    assertThat(result("out").at("/model/sha256")).isEqualTo(result("second").at("/model/sha256"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          epochs: 1    | first   | spec.training.epochs is 1, and
          epochs: 3    | nowhere | spec.checkpoint.resumeFrom: there is no whole checkpoint in
          batchSize: 4 | first   | leave dataset and training.batchSize as they were
          """)
  void whatCanNotGoOnFromAnotherRunEndsWith64(String change, String other, String sentence)
      throws IOException {
    train(TRAINING.replace("epochs: 2", "epochs: 1"), "first", new StopSignal());
    String field = change.split(":", -1)[0];
    String yaml = TRAINING.replaceAll(field + ": \\d+", change) + GOES_ON.formatted(other);
    assertThat(train(yaml, "second", new StopSignal())).isEqualTo(64);
    assertThat(logged).contains(sentence);
    assertThat(folder.resolve("second")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type: Adam       | type: Adahessian | optimization.fusion.lowLevel.optimizer.type
          lastBlock: 5     | lastBlock: 9     | optimization.fusion.lowLevel.lastBlock: EfficientNetV2-S has blocks 0–7
          epochs: 2        | epoch: 2         | training.epoch: unknown field; did you mean epochs?
          epochs: 2        | epochs: two      | training.epochs
          batchSize: 8     | batchSize: 1     | batchSize
          test: 0.1        | test: 0          | test
          """)
  void aMistakeEndsWith64AndNamesTheField(String right, String wrong, String sentence)
      throws IOException {
    assertThat(TRAINING).contains(right);
    var errors = new StringWriter();
    int code = train(TRAINING.replace(right, wrong), "out", new StopSignal(), errors);
    assertThat(code).isEqualTo(64);
    String said = errors + logged;
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(said.strip()).contains(sentence).doesNotContain("\n");
  }

  private int train(String yaml, String output, StopSignal stop, String... more)
      throws IOException {
    return train(yaml, output, stop, new StringWriter(), more);
  }

  private int train(
      String yaml, String output, StopSignal stop, StringWriter errors, String... more)
      throws IOException {
    Path file = Files.writeString(folder.resolve("training.yaml"), yaml);
    List<String> arguments =
        Stream.concat(
                Stream.of(
                    "train",
                    file.toString(),
                    "--data=" + data,
                    "--output=" + folder.resolve(output)),
                Stream.of(more))
            .toList();
    Logged ended =
        Logged.during(
            () ->
                FusionTrainer.commandLine(stop)
                    .setErr(new PrintWriter(errors))
                    .execute(arguments.toArray(new String[0])));
    logged = ended.errors();
    return ended.code();
  }

  /** Runs a command; all that it says goes to one writer. */
  private static int command(StringWriter said, String... arguments) {
    return FusionTrainer.commandLine(new StopSignal())
        .setOut(new PrintWriter(said))
        .setErr(new PrintWriter(said))
        .execute(arguments);
  }

  private String out() {
    return folder.resolve("out").toString();
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private JsonNode result(String output) throws IOException {
    return run(output).result();
  }

  private RunFolder run(String output) {
    return new RunFolder(folder.resolve(output));
  }
}
