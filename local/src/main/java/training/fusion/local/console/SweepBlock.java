package training.fusion.local.console;

import io.fabric8.kubernetes.api.model.Condition;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.api.resource.sweep.FusionSweepStatus.Group;
import training.fusion.api.resource.sweep.FusionSweepStatus.MeanDeviation;
import training.fusion.api.resource.sweep.FusionSweepStatus.Trials;

/** What became of a sweep: its groups, and where its report lies. */
public final class SweepBlock {
  private SweepBlock() {}

  /**
   * Prints it.
   *
   * @param report folder of the report
   */
  public static void print(FusionSweep sweep, Path report, PrintStream out) {
    FusionSweepStatus status = sweep.getStatus();
    out.println();
    out.println(sweep.getMetadata().getName() + ": " + state(status));
    if (status == null) {
      return;
    }
    Trials trials = status.trials();
    if (trials != null) {
      out.printf(
          "  %d of %d trials succeeded, %d failed%n",
          trials.succeeded(), trials.total(), trials.failed());
    }
    if (status.search() != null) {
      out.println("  search: " + SearchNews.words(status.search()));
    }
    List<Group> groups = Objects.requireNonNullElse(status.groups(), List.of());
    int width = groups.stream().mapToInt(group -> name(group).length()).max().orElse(0);
    for (Group group : groups) {
      out.printf(
          "  %-" + Math.max(1, width) + "s  n %d  accuracy %s, loss %s, F1 %s%n",
          name(group),
          group.n(),
          figure(group.test(), Figures::accuracy),
          figure(group.test(), Figures::loss),
          figure(group.test(), Figures::f1));
    }
    for (Condition condition :
        Objects.requireNonNullElse(status.conditions(), List.<Condition>of())) {
      if (condition.getType().equals("Failed") && condition.getStatus().equals("True")) {
        out.println("  " + condition.getReason() + ": " + condition.getMessage());
      }
    }
    if (!groups.isEmpty()) {
      out.println("  report: " + report.resolve("report.html").toUri());
    }
  }

  static String state(@Nullable FusionSweepStatus status) {
    String word = status == null || status.state() == null ? "Pending" : status.state().name();
    return word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String name(Group group) {
    return "%s, %s: %s".formatted(group.arm(), group.dataset(), group.optimization());
  }

  private static String figure(
      @Nullable Figures figures,
      java.util.function.Function<Figures, @Nullable MeanDeviation> which) {
    MeanDeviation value = figures == null ? null : which.apply(figures);
    if (value == null) {
      return "–";
    }
    return value.std() == null
        ? String.format(Locale.ROOT, "%.4f", value.mean())
        : String.format(Locale.ROOT, "%.4f ± %.4f", value.mean(), value.std());
  }
}
