package training.fusion.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.resource.Refusal.Kind;
import training.fusion.operator.sweep.trial.Trial;
import training.fusion.operator.sweep.trial.TrialRow;

@DisplayName("What a sweep finds under the names that it gives")
class OwnershipTest {
  private static final FusionSweep SWEEP = SweepYaml.of(SweepYaml.SMALL);
  private static final Map<String, String> DATA = Map.of("theirs", "precious");
  private static final OwnerReference OURS = Trials.owner(SWEEP);

  private final InMemoryApi api = new InMemoryApi();
  private final ConfigMaps configMaps = new ConfigMaps(api.client());
  private final TrialRowStore rows = new TrialRowStore(configMaps);
  private final ReportMap reports = new ReportMap(configMaps);
  private final Trials trials = new Trials(api.client());
  private final Trial trial = MatrixExpansion.of(SWEEP).get(0);

  @AfterEach
  void close() {
    api.close();
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of("nobody's, orphaned or somebody's", List.of(), Kind.NAME_TAKEN),
        Arguments.of(
            "another sweep's",
            List.of(edited().withName("other").withUid("6a").build()),
            Kind.NAME_TAKEN),
        Arguments.of(
            "another kind's of our name",
            List.of(edited().withKind("Deployment").withUid("6b").build()),
            Kind.NAME_TAKEN),
        Arguments.of(
            "one that only points at us",
            List.of(edited().withController(false).build()),
            Kind.NAME_TAKEN),
        Arguments.of(
            "an earlier sweep's of our name",
            List.of(edited().withUid("of-before").build()),
            Kind.NAME_IN_USE),
        Arguments.of(
            "the same, by another version of the API",
            List.of(edited().withUid("of-before").withApiVersion("fusion.training/v1").build()),
            Kind.NAME_IN_USE));
  }

  private static OwnerReferenceBuilder edited() {
    return new OwnerReferenceBuilder(OURS);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("others")
  @DisplayName("is left as it is where that is not its own, and told")
  void others(String whose, List<OwnerReference> owners, Kind kind) {
    ConfigMap report = there("small-report", owners);
    ConfigMap shard = there("small-rows-0", owners);
    FusionTraining training = new FusionTraining();
    training.setSpec(trial.spec());
    training.setMetadata(report.getMetadata());
    training.getMetadata().setName(trial.name());
    training.getMetadata().setResourceVersion(null);
    api.client().resource(training).create();

    assertThat(rows.of(SWEEP)).isEmpty();
    List<TrialRow> ended = List.of(TrialRow.of("t", trial.cell(), TrialRow.State.SUCCEEDED));
    for (Runnable write :
        List.<Runnable>of(
            () -> reports.write(SWEEP, ended, Map.of()),
            () -> rows.add(SWEEP, ended),
            () -> trials.create(SWEEP, trial, it -> api.client().resource(it).create()))) {
      Refused refused = catchThrowableOfType(Refused.class, write::run);
      assertThat(refused).as(whose).isNotNull();
      assertThat(refused.refusal().kind()).isEqualTo(kind);
    }
    assertThat(again("small-report").getData()).isEqualTo(DATA);
    assertThat(again("small-rows-0")).isEqualTo(shard);
    assertThat(api.requests()).noneMatch(it -> it.startsWith("PUT") || it.startsWith("DELETE"));
  }

  @Test
  @DisplayName("is waited for where it is being deleted")
  void leaving() {
    ConfigMap there =
        api.client()
            .resource(
                new ConfigMapBuilder(map("small-report", List.of()))
                    .editMetadata()
                    .withFinalizers("example.org/keep")
                    .endMetadata()
                    .build())
            .create();
    api.client().resource(there).delete();
    Refused refused =
        catchThrowableOfType(Refused.class, () -> reports.write(SWEEP, List.of(), Map.of()));
    assertThat(refused.refusal().kind()).isEqualTo(Kind.NAME_IN_USE);
  }

  @Test
  @DisplayName("is written where it is its own, of the very version that was read")
  void own() {
    reports.write(SWEEP, List.of(), Map.of());
    reports.write(SWEEP, List.of(), Map.of());
    assertThat(again("small-report").getData()).containsKey("report.html");

    ConfigMap read = configMaps.read(SWEEP, "small-report").orElseThrow();
    reports.write(SWEEP, List.of(TrialRow.of("t", trial.cell(), TrialRow.State.FAILED)), Map.of());
    assertThatThrownBy(() -> configMaps.update(read))
        .isInstanceOf(KubernetesClientException.class)
        .hasFieldOrPropertyWithValue("code", 409);
  }

  @Test
  @DisplayName("may hold what somebody has put beside the rows, and a row that is none")
  void spoiled() {
    TrialRow row = TrialRow.of("t", trial.cell(), TrialRow.State.SUCCEEDED);
    rows.add(SWEEP, List.of(row));
    ConfigMap map = again("small-rows-0");
    map.getData().put("note", "do not delete");
    map.getData().put("u", "{\"trial\": 7");
    map.getData().put("v", "{}");
    api.client().resource(map).update();

    assertThat(new TrialRowStore(configMaps).of(SWEEP)).containsOnlyKeys("t");
    var after = new TrialRowStore(configMaps);
    after.add(SWEEP, List.of(TrialRow.of("u", trial.cell(), TrialRow.State.FAILED)));
    assertThat(after.of(SWEEP)).containsOnlyKeys("t", "u");
    assertThat(again("small-rows-0").getData()).containsEntry("note", "do not delete");
  }

  private ConfigMap there(String name, List<OwnerReference> owners) {
    return api.client().resource(map(name, owners)).create();
  }

  private static ConfigMap map(String name, List<OwnerReference> owners) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("vision")
        .withLabels(training.fusion.operator.job.Labels.ofSweep("5f0c", "rows")) // copied
        .withOwnerReferences(owners)
        .endMetadata()
        .withData(DATA)
        .build();
  }

  private ConfigMap again(String name) {
    return api.client().configMaps().inNamespace("vision").withName(name).get();
  }
}
