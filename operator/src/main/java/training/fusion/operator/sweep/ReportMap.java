package training.fusion.operator.sweep;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.sweep.report.SweepReport;
import training.fusion.operator.sweep.search.Course;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * A sweep's report, in ConfigMap {@code <sweep>-report}: report.md, report.csv, groups.csv,
 * report.html. Together they stay below 3/4 MiB for 2,000 trials in 200 groups, of the 1 MiB that a
 * ConfigMap may have.
 */
@Singleton
class ReportMap {
  private final ConfigMaps configMaps;

  ReportMap(ConfigMaps configMaps) {
    this.configMaps = configMaps;
  }

  static String name(FusionSweep sweep) {
    return sweep.getMetadata().getName() + "-report";
  }

  /**
   * Writes it anew; it is made of rows, so nothing of an older one is needed.
   *
   * @param courses how far a search lets each trial go; empty without one
   * @throws Refused when it can't be written
   */
  void write(FusionSweep sweep, List<TrialRow> rows, Map<String, Course> courses) {
    SweepReport report = SweepReport.of(sweep.getMetadata().getName(), rows, courses);
    Map<String, String> data =
        Map.of(
            "report.md", report.markdown(),
            "report.csv", report.csv(),
            "groups.csv", report.groupsCsv(),
            "report.html", report.html());
    Optional<ConfigMap> there = configMaps.read(sweep, name(sweep));
    if (there.isPresent()) {
      configMaps.update(new ConfigMapBuilder(there.get()).withData(data).build());
    } else {
      configMaps.create(sweep, name(sweep), "report", data);
    }
  }
}
