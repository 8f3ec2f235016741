package training.fusion.local.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.run.Metrics;

/** What is told of one training at one moment, in words. */
record ProgressRow(
    String name,
    String state,
    int percent,
    String epoch,
    String speed,
    String remaining,
    String accuracy,
    String loss,
    String f1) {
  private static final String NOTHING = "–";

  static ProgressRow of(FusionTraining training, Instant now) {
    FusionTrainingStatus status = training.getStatus();
    Progress progress = status == null ? null : status.progress();
    Metrics metrics = metrics(status);
    boolean over = state(training).equals("Succeeded");
    boolean running = state(training).equals("Running");
    return new ProgressRow(
        training.getMetadata().getName(),
        state(training),
        over ? 100 : progress == null ? 0 : Objects.requireNonNullElse(progress.percent(), 0),
        progress == null || progress.epoch() == null
            ? NOTHING
            : progress.epoch() + "/" + progress.epochs(),
        !running || progress == null ? NOTHING : number(progress.imagesPerSecond(), "%.0f"),
        !running || progress == null ? NOTHING : remaining(progress, now),
        metrics == null ? NOTHING : number(metrics.accuracy(), "%.4f"),
        metrics == null ? NOTHING : number(metrics.loss(), "%.4f"),
        metrics == null ? NOTHING : number(metrics.f1(), "%.4f"));
  }

  private static @Nullable Metrics metrics(@Nullable FusionTrainingStatus status) {
    if (status == null) {
      return null;
    }
    // the lifecycle copies them up a moment later
    return status.metrics() != null || status.progress() == null
        ? status.metrics()
        : status.progress().metrics();
  }

  static String state(FusionTraining training) {
    State state = training.getStatus() == null ? null : training.getStatus().state();
    String word = state == null ? "Pending" : state.name();
    return word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String number(@Nullable Double value, String format) {
    return value == null ? NOTHING : String.format(Locale.ROOT, format, value);
  }

  private static String remaining(Progress progress, Instant now) {
    if (progress.estimatedCompletionTime() == null) {
      return NOTHING;
    }
    return duration(Duration.between(now, Instant.parse(progress.estimatedCompletionTime())));
  }

  static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds >= 3600) {
      return "%dh%02dm".formatted(seconds / 3600, seconds / 60 % 60);
    }
    return seconds >= 60 ? "%dm%02ds".formatted(seconds / 60, seconds % 60) : seconds + "s";
  }
}
