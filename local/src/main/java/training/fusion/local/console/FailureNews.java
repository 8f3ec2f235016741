package training.fusion.local.console;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.resource.FusionTrainingStatus.State;

/** Says of a training that a pod of it has failed, and that it goes on nevertheless. */
public final class FailureNews {
  private final Set<String> known = new HashSet<>();

  /** What an earlier launcher has told is no news. */
  public FailureNews(List<FusionTraining> before) {
    before.forEach(training -> failures(training).forEach(it -> known.add(key(training, it))));
  }

  /** Sentences about what has failed since; of what has ended the end is told. */
  public List<String> of(List<FusionTraining> trainings) {
    List<String> news = new ArrayList<>();
    for (FusionTraining training : trainings) {
      for (FailureRecord failure : failures(training)) {
        if (known.add(key(training, failure)) && !isOver(training)) {
          news.add(
              "%s: its pod has failed (%s), and is replaced: %s"
                  .formatted(
                      training.getMetadata().getName(),
                      Objects.requireNonNullElse(failure.reason(), "no reason was told"),
                      Objects.requireNonNullElse(failure.message(), "no message was left")));
        }
      }
    }
    return news;
  }

  private static boolean isOver(FusionTraining training) {
    State state = training.getStatus().state();
    return state == State.FAILED || state == State.SUCCEEDED;
  }

  private static List<FailureRecord> failures(FusionTraining training) {
    FusionTrainingStatus status = training.getStatus();
    return status == null || status.failures() == null ? List.of() : status.failures();
  }

  private static String key(FusionTraining training, FailureRecord failure) {
    return training.getMetadata().getName() + " " + failure.time() + " " + failure.pod();
  }
}
