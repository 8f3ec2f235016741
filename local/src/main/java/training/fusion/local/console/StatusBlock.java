package training.fusion.local.console;

import io.fabric8.kubernetes.api.model.Condition;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.Metrics;
import training.fusion.console.ProgressRow;

/** What became of a training, as the last thing that is said of it. */
public final class StatusBlock {
  private StatusBlock() {}

  /** Prints it. */
  public static void print(FusionTraining training, PrintStream out) {
    FusionTrainingStatus status = training.getStatus();
    out.println();
    out.println(
        training.getMetadata().getName() + ": " + TrainingRows.state(training) + time(status));
    if (status == null) {
      return;
    }
    if (status.optimization() != null) {
      line(out, "optimizer", status.optimization().summary());
    }
    metrics(out, "test", status.test());
    metrics(out, "best validation", status.best());
    if (status.test() == null && status.best() == null) {
      metrics(out, "metrics", status.metrics());
    }
    if (status.classesWithoutPictures() != null) {
      missing(out, "not trained on", status.classesWithoutPictures().train());
      missing(out, "not validated on", status.classesWithoutPictures().validation());
      missing(out, "not tested on", status.classesWithoutPictures().test());
    }
    if (status.unseenPixels() != null) {
      line(
          out,
          "not looked at",
          "the last %d rows and columns of each picture: training.imageSize is no multiple of the network's patch"
              .formatted(status.unseenPixels()));
    }
    if (status.model() != null) {
      line(out, "model", status.model().path() + " (sha256 " + status.model().sha256() + ")");
    }
    if (status.ema() != null) {
      metrics(out, "test of average", status.ema().test());
    }
    if (status.stoppedEarly() != null) {
      line(
          out,
          "stopped early",
          "after epoch %d: nothing improved after epoch %d"
              .formatted(status.stoppedEarly().epoch(), status.stoppedEarly().bestEpoch()));
    }
    pause(training, out);
    if (status.restarts() != null && status.restarts() > 0) {
      line(out, "failed pods", String.valueOf(status.restarts()));
    }
    for (Condition condition :
        Objects.requireNonNullElse(status.conditions(), List.<Condition>of())) {
      boolean trouble =
          condition.getType().equals("Failed") || condition.getType().equals("Stalled");
      if (trouble && condition.getStatus().equals("True")) {
        line(out, condition.getReason(), condition.getMessage());
        return;
      }
    }
  }

  /**
   * Prints where its files are.
   *
   * @param run the run's folder
   * @param shown the same for people, such as a link
   */
  public static void printPlace(Path run, Path shown, PrintStream out) {
    line(out, "folder", shown.toString());
    Path report = run.resolve("report.html");
    if (Files.exists(report)) {
      line(out, "report", report.toUri().toString());
    }
  }

  private static void pause(FusionTraining training, PrintStream out) {
    FusionTrainingStatus status = Objects.requireNonNull(training.getStatus());
    if (status.state() == FusionTrainingStatus.State.PAUSED && status.pauses() != null) {
      line(
          out,
          "paused",
          "after epoch %d of %d; the same command with --set pauseAfterEpoch=null goes on to the end, with a larger number as far as that"
              .formatted(
                  status.pauses().get(status.pauses().size() - 1).epoch(),
                  training.getSpec().training().epochs()));
    }
  }

  private static void metrics(PrintStream out, String label, @Nullable Metrics metrics) {
    if (metrics != null) {
      line(
          out,
          label,
          String.format(
              Locale.ROOT,
              "accuracy %.4f, loss %.4f, F1 %.4f",
              metrics.accuracy(),
              metrics.loss(),
              metrics.f1()));
    }
  }

  private static void missing(
      PrintStream out, String label, ClassesWithoutPictures.@Nullable Listed missing) {
    if (missing != null) {
      int more = missing.count() - missing.names().size();
      line(
          out,
          label,
          "%d classes, which have no picture for it%s%s"
              .formatted(
                  missing.count(),
                  missing.names().isEmpty() ? "" : ": " + String.join(", ", missing.names()),
                  more == 0 || missing.names().isEmpty() ? "" : " and %d more".formatted(more)));
    }
  }

  private static void line(PrintStream out, String label, @Nullable String text) {
    if (text != null) {
      out.printf("  %-16s %s%n", label, text);
    }
  }

  private static String time(@Nullable FusionTrainingStatus status) {
    if (status == null || status.startTime() == null || status.completionTime() == null) {
      return "";
    }
    return " after "
        + ProgressRow.duration(
            Duration.between(
                Instant.parse(status.startTime()), Instant.parse(status.completionTime())));
  }
}
