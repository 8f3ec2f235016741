package training.fusion.trainer.report;

import java.util.List;
import training.fusion.api.run.Metrics;

/**
 * What an evaluation found.
 *
 * @param worst the mistakes of the highest loss, those first; images are numbered as they were
 *     evaluated
 */
public record EvaluatedPart(DetailedMetrics metrics, List<WorstMistakes.Mistake> worst) {
  public EvaluatedPart {
    worst = List.copyOf(worst);
  }

  /** The headline figures. */
  public Metrics figures() {
    return metrics.figures();
  }
}
