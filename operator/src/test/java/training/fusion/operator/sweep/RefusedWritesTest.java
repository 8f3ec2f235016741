package training.fusion.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.sweep.trial.Trial;

@DisplayName("What the API server answers to a sweep's writes")
class RefusedWritesTest {
  private static final String TRAININGS =
      "/apis/fusion.training/v1alpha1/namespaces/vision/fusiontrainings";
  private static final String MAPS = "/api/v1/namespaces/vision/configmaps";

  private final InMemoryApi api = new InMemoryApi();
  private final Trials trials = new Trials(api.client());
  private final ConfigMaps configMaps = new ConfigMaps(api.client());
  private final FusionSweep sweep = SweepYaml.of(SweepYaml.SMALL);
  private final Trial trial = MatrixExpansion.of(sweep).get(0);

  @AfterEach
  void close() {
    api.close();
  }

  /** Told: asked again after a while. Again: at once, with a fresh look. Lost: no answer to us. */
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    // code, reason, field | trial tried, made, stopped | ConfigMap made, changed, read
    "400, BadRequest,           , told, told, told,  told, told, told",
    "401, Unauthorized,         , lost, lost, lost,  lost, lost, lost",
    "403, Forbidden,            , told, told, told,  told, told, told",
    "404, NotFound,             , told, told, again, told, again, ''",
    "405, MethodNotAllowed,     , told, told, told,  told, told, told",
    "409, Conflict,             , '',   told, again, told, again, told",
    "410, Gone,                 , told, told, told,  told, told, told",
    "413, RequestEntityTooLarge, , told, told, told, told, told, told",
    "415, UnsupportedMediaType, , told, told, told,  told, told, told",
    "422, Invalid,              , told, told, told,  told, told, told",
    "422, Invalid,    spec.model, bad,  bad,  told,  told, told, told",
    "429, TooManyRequests,      , told, told, told,  told, told, told",
    "500, InternalError,        , told, told, told,  told, told, told",
    "502, '',                   , told, told, told,  told, told, told",
    "503, ServiceUnavailable,   , told, told, told,  told, told, told",
    "504, Timeout,              , told, told, told,  told, told, told",
  })
  void answers(
      int code,
      String reason,
      @Nullable String field,
      String tried,
      String made,
      String stopped,
      String mapMade,
      String mapChanged,
      String mapRead) {
    String at = Objects.requireNonNullElse(field, "");
    FusionTraining there = new FusionTraining();
    trials.create(
        sweep, trial, it -> there.setMetadata(api.client().resource(it).create().getMetadata()));
    ConfigMap map = configMaps.create(sweep, "small-report", "report", Map.of("a", "b"));
    String one = TRAININGS + "/" + trial.name();
    for (String request :
        new String[] {
          "POST " + TRAININGS,
          "POST " + TRAININGS + "?dryRun=All",
          "PATCH " + one,
          "POST " + MAPS,
          "PUT " + MAPS + "/small-report",
          "GET " + MAPS + "/small-report"
        }) {
      api.refuse(request, code, reason, "because", at);
    }

    assertThat(meaning(() -> trials.stop(there))).as("stopped").isEqualTo(stopped);
    api.answer("GET " + one, 404, ""); // a conflict is not about its name
    assertThat(meaning(() -> trials.check(sweep, MatrixExpansion.of(sweep))))
        .as("tried")
        .isEqualTo(tried);
    assertThat(meaning(() -> trials.create(sweep, trial, it -> api.client().resource(it).create())))
        .as("made")
        .isEqualTo(made);
    assertThat(meaning(() -> configMaps.create(sweep, "small-rows-0", "rows", Map.of())))
        .as("map made")
        .isEqualTo(mapMade);
    assertThat(meaning(() -> configMaps.update(new ConfigMapBuilder(map).build())))
        .as("map changed")
        .isEqualTo(mapChanged);
    assertThat(meaning(() -> configMaps.read(sweep, "small-report")))
        .as("map read")
        .isEqualTo(mapRead);
  }

  private static String meaning(Runnable request) {
    try {
      request.run();
      return "";
    } catch (Refused e) {
      assertThat(e.refusal().message())
          .startsWith("the API server refused to ")
          .contains("because");
      return "told";
    } catch (BadSweep e) {
      assertThat(e).hasMessageContaining("because").hasMessageContaining("arm ");
      return "bad";
    } catch (KubernetesClientException e) {
      return e.getCode() == 409 ? "again" : "lost";
    }
  }
}
