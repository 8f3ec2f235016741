package training.fusion.operator.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;

/** What the trainer left in its termination message. */
public final class TerminationMessage {
  // a newer trainer may say more
  private static final ObjectReader READER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .readerFor(RunResult.class);

  private TerminationMessage() {}

  /** The pod's result, if it left one that is of this run and of a contract version we know. */
  public static Optional<RunResult> of(TrainerPod pod, RunKey run) {
    return pod.terminated()
        .map(terminated -> terminated.getMessage())
        .flatMap(TerminationMessage::parse)
        .filter(result -> run.value().equals(result.runKey()))
        .filter(result -> result.contractVersion() <= RunConfiguration.CONTRACT_VERSION);
  }

  /** The pod's result, if the trainer ended with 0 and left one without a failure. */
  public static Optional<RunResult> ofTrained(TrainerPod pod, RunKey run) {
    return of(pod, run).filter(result -> result.failure() == null && pod.hasTrained());
  }

  private static Optional<RunResult> parse(String message) {
    try {
      return Optional.ofNullable(READER.readValue(message));
    } catch (JsonProcessingException e) {
      return Optional.empty(); // a stack trace, say: it is shown as it is
    }
  }
}
