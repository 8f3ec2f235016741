package training.fusion.trainer.report.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import training.fusion.trainer.report.Attempts;
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
    facts.add(new Fact("Length", length(run)));
    if (run.attempts() != null) {
      facts.add(new Fact("Time", time(run.attempts())));
    }
    facts.addAll(speed(run.history()));
    facts.add(new Fact("Device", device(description)));
    if (run.result() != null && run.result().model() != null) {
      facts.add(
          new Fact(
              "Model",
              "%s, sha256 %s"
                  .formatted(run.result().model().path(), run.result().model().sha256())));
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

  private static String images(RunDescription description) {
    return "%s to train on, %s, %s to test on, %d classes%s"
        .formatted(
            Text.count(description.train()),
            description.validation() == 0
                ? "none to validate on"
                : Text.count(description.validation()) + " to validate on",
            Text.count(description.test()),
            description.classes().size(),
            description.skipped() == 0
                ? ""
                : "; %s damaged ones left out".formatted(Text.count(description.skipped())));
  }

  private static String length(RunRecord run) {
    double[] steps = run.history().epochs() == 0 ? new double[1] : run.history().values("step");
    return "%d of %d epochs, %s steps"
        .formatted(
            run.history().epochs(), run.epochs(), Text.count((long) steps[steps.length - 1]));
  }

  private static String time(Attempts attempts) {
    Instant first = attempts.first();
    double seconds = Duration.between(first, attempts.last()).toSeconds();
    return "%s, from %s%s"
        .formatted(
            Text.duration(seconds),
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
                Text.duration(seconds),
                Text.percent(waited / seconds))));
  }

  private static String device(RunDescription description) {
    return description.device().equals("cpu")
        ? "CPU, %d threads".formatted(description.threads())
        : description.device();
  }
}
