package training.fusion.operator.sweep;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.job.Labels;
import training.fusion.operator.sweep.report.SweepReport;

/**
 * A sweep's report, in ConfigMap {@code <sweep>-report}: report.md, report.csv, groups.csv,
 * report.html. Together they stay below 3/4 MiB for 2,000 trials in 200 groups, of the 1 MiB that a
 * ConfigMap may have.
 */
@Singleton
class ReportMap {
  private final KubernetesClient client;

  ReportMap(KubernetesClient client) {
    this.client = client;
  }

  static String name(FusionSweep sweep) {
    return sweep.getMetadata().getName() + "-report";
  }

  /** Writes it anew; it is made of rows, so nothing of an older one is needed. */
  void write(FusionSweep sweep, List<TrialRow> rows) {
    SweepReport report = SweepReport.of(sweep.getMetadata().getName(), rows);
    ConfigMap map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(name(sweep))
            .withNamespace(sweep.getMetadata().getNamespace())
            .withLabels(Labels.ofSweep(sweep.getMetadata().getUid(), "report"))
            .withOwnerReferences(Trials.owner(sweep))
            .endMetadata()
            .withData(
                Map.of(
                    "report.md", report.markdown(),
                    "report.csv", report.csv(),
                    "groups.csv", report.groupsCsv(),
                    "report.html", report.html()))
            .build();
    try {
      client.resource(map).update();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      client.resource(map).create();
    }
  }
}
