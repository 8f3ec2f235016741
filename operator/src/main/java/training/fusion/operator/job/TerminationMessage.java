package training.fusion.operator.job;

import static java.util.Map.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.operator.bounds.StatusSchema;

/**
 * What the trainer left in its termination message. Anybody's program may have written it: of what
 * it says comes back what a status takes.
 */
public final class TerminationMessage {
  private static final String FAILURE = "failure";
  private static final StatusSchema STATUS = StatusSchema.TRAINING;

  /** Where a status has what the field tells: its bounds are the field's. */
  static final Map<String, StatusSchema> PARTS =
      Map.ofEntries(
          entry(FAILURE, STATUS.at("failures").elements()),
          entry("epoch", STATUS.at("progress", "epoch")),
          entry("step", STATUS.at("progress", "step")),
          entry("validation", STATUS.at("validation")),
          entry("best", STATUS.at("best")),
          entry("test", STATUS.at("test")),
          entry("checkpoint", STATUS.at("checkpoint")),
          entry("model", STATUS.at("model")),
          entry("imagesPerSecond", STATUS.at("progress", "imagesPerSecond")),
          entry("history", STATUS.at("history")),
          entry("levelParameters", STATUS.at("optimization", "levelParameters")),
          entry("ema", STATUS.at("ema")),
          entry("stoppedEarly", STATUS.at("stoppedEarly")),
          entry("swatsSwitchStep", STATUS.at("optimization", "switchStep")),
          entry("pretrainedVariant", STATUS.at("pretrainedVariant")),
          entry("skippedPictures", STATUS.at("skippedPictures")),
          entry("classesWithoutPictures", STATUS.at("classesWithoutPictures")));

  /** The same of what is one field to the trainer and two to a status. */
  static final Map<String, StatusSchema> PARAMETERS =
      Map.of(
          "lowLevel", STATUS.at("optimization", "lowLevelParameters"),
          "highLevel", STATUS.at("optimization", "highLevelParameters"));

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // a newer trainer says more
          .build();

  private TerminationMessage() {}

  /** The pod's result, if it left one that is of this run and of a contract version we know. */
  public static Optional<RunResult> of(TrainerPod pod, RunKey run) {
    return pod.terminated()
        .map(terminated -> terminated.getMessage())
        .flatMap(CutJson::read)
        .flatMap(message -> result(message, run));
  }

  /** The pod's result, if the trainer ended with 0 and left one without a failure. */
  public static Optional<RunResult> ofTrained(TrainerPod pod, RunKey run) {
    return of(pod, run).filter(result -> result.failure() == null && pod.hasTrained());
  }

  private static Optional<RunResult> result(CutJson message, RunKey run) {
    JsonNode said = message.object();
    JsonNode version = said.path("contractVersion");
    boolean known =
        version.canConvertToInt()
            && version.intValue() >= 1
            && version.intValue() <= RunConfiguration.CONTRACT_VERSION;
    if (!known || !said.path("runKey").asText().equals(run.value())) {
      return Optional.empty();
    }
    ObjectNode result = fitting(PARTS, said);
    result.set("contractVersion", version);
    result.put("runKey", run.value());
    ObjectNode counts = fitting(PARAMETERS, said.path("parameters"));
    if (counts.size() == PARAMETERS.size()) {
      result.set("parameters", counts);
    }
    if (said.hasNonNull(FAILURE) && !tells(result.path(FAILURE))) {
      return Optional.empty(); // it failed and does not say how: its exit code says more
    }
    if (message.cut() && !result.has("model") && !result.has(FAILURE)) {
      return Optional.empty(); // what a finished training has to say comes before its end
    }
    return read(result);
  }

  private static boolean tells(JsonNode failure) {
    return !failure.path("reason").asText().isBlank()
        && !failure.path("message").asText().isBlank();
  }

  private static ObjectNode fitting(Map<String, StatusSchema> parts, JsonNode said) {
    ObjectNode fitting = JsonNodeFactory.instance.objectNode();
    parts.forEach(
        (field, schema) ->
            schema.fit(said.path(field)).ifPresent(value -> fitting.set(field, value)));
    return fitting;
  }

  private static Optional<RunResult> read(ObjectNode result) {
    try {
      return Optional.of(JSON.treeToValue(result, RunResult.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
