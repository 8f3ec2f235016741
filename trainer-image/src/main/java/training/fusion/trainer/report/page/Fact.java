package training.fusion.trainer.report.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training;
import training.fusion.api.run.AveragedWeights;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.SavedModel;
import training.fusion.api.run.StoppedEarly;
import training.fusion.trainer.augmentation.AugmentationText;
import training.fusion.trainer.checkpoint.StepPoint;
import training.fusion.trainer.report.Attempts;
import training.fusion.trainer.report.ClassWeightsText;
import training.fusion.trainer.report.History;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.Software;

/** Something about the run in a word or a line. */
public record Fact(String name, String value) {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** How long it took, on what, with which versions. */
  static List<Fact> of(RunRecord run) {
    RunDescription description = run.description();
    var facts = new ArrayList<Fact>();
    facts.add(new Fact("Run", run.configuration().runKey()));
    facts.add(new Fact("Images", images(description)));
    if (description.dataset() != null) {
      facts.add(new Fact("Classes", description.dataset().countedClasses()));
    }
    List<String> remarks = description.remarks();
    if (remarks != null && !remarks.isEmpty()) {
      facts.add(new Fact("Data", String.join("; ", remarks)));
    }
    facts.add(new Fact("Length", length(run)));
    Training training = run.configuration().training();
    facts.add(
        new Fact(
            "Augmentation", AugmentationText.of(training.augmentation(), training.transforms())));
    if (run.attempts() != null) {
      facts.add(new Fact("Time", time(run.attempts())));
    }
    facts.addAll(speed(run.history()));
    facts.addAll(memory(run.steps().curve().points()));
    facts.add(new Fact("Device", device(description)));
    List<Double> classWeights = description.classWeights();
    if (classWeights != null) {
      facts.add(
          new Fact(
              "Class weights",
              ClassWeightsText.of(classWeights, description.classes())
                  + "; in the training loss only"));
    }
    if (run.result() != null) {
      facts.addAll(models(run.result()));
    }
    Software software = description.software();
    facts.add(
        new Fact(
            "Versions",
            "Fusion Training %s, libtorch %s, Deep Java Library %s, Java %s"
                .formatted(
                    software.trainer(), software.libtorch(), software.djl(), software.java())));
    facts.add(new Fact("System", software.system()));
    return List.copyOf(facts);
  }

  private static List<Fact> models(RunResult result) {
    var facts = new ArrayList<Fact>();
    SavedModel model = result.model();
    if (model != null) {
      facts.add(
          new Fact(
              "Model",
              "%s, the trained weights%s, sha256 %s"
                  .formatted(model.path(), ofEpoch(result.best()), model.sha256())));
    }
    AveragedWeights average = result.ema();
    if (average != null && average.model() != null) {
      facts.add(
          new Fact(
              "Average",
              "%s, the averaged weights%s, sha256 %s"
                  .formatted(
                      average.model().path(), ofEpoch(average.best()), average.model().sha256())));
    }
    return facts;
  }

  private static String ofEpoch(@Nullable Metrics chosenBy) {
    return chosenBy == null ? "" : " of epoch " + chosenBy.epoch();
  }

  private static String images(RunDescription description) {
    return "%s to train on, %s, %s to test on, %d classes%s"
        .formatted(
            PageFigures.count(description.train()),
            description.validation() == 0
                ? "none to validate on"
                : PageFigures.count(description.validation()) + " to validate on",
            PageFigures.count(description.test()),
            description.classes().size(),
            description.skipped() == 0
                ? ""
                : "; %s damaged ones left out".formatted(PageFigures.count(description.skipped())));
  }

  private static String length(RunRecord run) {
    double[] steps = run.history().epochs() == 0 ? new double[1] : run.history().values("step");
    StoppedEarly early = run.result() == null ? null : run.result().stoppedEarly();
    return "%d of %d epochs, %s steps%s"
        .formatted(
            run.history().epochs(),
            run.epochs(),
            PageFigures.count((long) steps[steps.length - 1]),
            early == null
                ? ""
                : "; stopped early, as nothing improved after epoch " + early.bestEpoch());
  }

  private static String time(Attempts attempts) {
    Instant first = attempts.first();
    double seconds = Duration.between(first, attempts.last()).toSeconds();
    return "%s, from %s%s"
        .formatted(
            PageFigures.duration(seconds),
            MINUTE.format(first),
            attempts.count() > 1 ? ", in %d attempts".formatted(attempts.count()) : "");
  }

  private static List<Fact> speed(History history) {
    double seconds = history.sum("seconds");
    if (seconds == 0) {
      return List.of();
    }
    double images = 0;
    double waited = 0;
    for (int i = 0; i < history.epochs(); i++) {
      images += history.values("images_per_second")[i] * history.values("seconds")[i];
      waited += history.values("input_wait")[i] * history.values("seconds")[i];
    }
    return List.of(
        new Fact(
            "Speed",
            String.format(
                Locale.ROOT,
                "%.1f images/s, %s in training steps, %s of it waiting for images",
                images / seconds,
                PageFigures.duration(seconds),
                PageFigures.percent(waited / seconds))));
  }

  /** The most that was measured, now and then; of the process its own peak. */
  private static List<Fact> memory(List<StepPoint> points) {
    List<StepPoint.Memory> measured =
        points.stream().map(StepPoint::memory).filter(Objects::nonNull).toList();
    if (measured.isEmpty()) {
      return List.of();
    }
    long peak = measured.stream().mapToLong(StepPoint.Memory::peak).max().orElse(0);
    long device =
        measured.stream()
            .map(StepPoint.Memory::device)
            .filter(Objects::nonNull)
            .mapToLong(Long::longValue)
            .max()
            .orElse(0);
    String ofProcess = "%s of the machine's at most".formatted(PageFigures.bytes(peak));
    return List.of(
        new Fact(
            "Memory",
            device == 0
                ? ofProcess
                : "%s, %s of the GPU's in use".formatted(ofProcess, PageFigures.bytes(device))));
  }

  private static String device(RunDescription description) {
    return description.device().equals("cpu")
        ? "CPU, %d threads".formatted(description.threads())
        : description.device();
  }
}
