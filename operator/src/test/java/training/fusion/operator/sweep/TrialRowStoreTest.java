package training.fusion.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.informer.ResourceVersionsWentBack;
import training.fusion.operator.sweep.trial.TrialRow;

@DisplayName("A sweep's rows")
class TrialRowStoreTest {
  private final InMemoryApi api = new InMemoryApi();
  private final TrialRowStore rows = new TrialRowStore(new ConfigMaps(api.client()));
  private final FusionSweep sweep = SweepYaml.of(SweepYaml.SMALL);
  private final List<TrialRow> two =
      MatrixExpansion.of(sweep).stream()
          .limit(2)
          .map(trial -> TrialRow.of(trial.name(), trial.cell(), TrialRow.State.SUCCEEDED))
          .toList();

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  @DisplayName("are held, and read again once the API server's resource versions have gone back")
  void wentBack() {
    rows.add(sweep, two.subList(0, 1));
    ConfigMap backup = map();
    rows.add(sweep, two.subList(1, 2));
    assertThat(rows.of(sweep)).hasSize(2);

    api.client().resource(map()).delete();
    backup.getMetadata().setResourceVersion(null);
    api.client().resource(backup).create();
    assertThat(rows.of(sweep)).hasSize(2);
    rows.forget(new ResourceVersionsWentBack());

    assertThat(rows.of(sweep)).containsOnlyKeys(two.get(0).trial());
    rows.add(sweep, two.subList(1, 2));
    assertThat(map().getData()).containsOnlyKeys(two.get(0).trial(), two.get(1).trial());
  }

  @Test
  @DisplayName("that somebody else has put there count as none")
  void strange() {
    rows.add(sweep, two.subList(0, 1));
    ConfigMap map = map();
    map.getData()
        .putAll(Map.of("no-json", "{", "another", "{\"trial\": \"third\"}", "null", "null"));
    api.client().resource(map).update();
    rows.forget(new ResourceVersionsWentBack());

    assertThat(rows.of(sweep)).containsOnlyKeys(two.get(0).trial());
  }

  private ConfigMap map() {
    return api.client().configMaps().inNamespace("vision").withName("small-rows-0").get();
  }
}
