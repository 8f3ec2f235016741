package training.fusion.trainer.train;

import training.fusion.api.Training.Metric;
import training.fusion.api.run.Metrics;

/** What evaluations are compared by. */
record Criterion(Metric metric) {
  /** More is better. */
  double figure(Metrics metrics) {
    return switch (metric) {
      case ACCURACY -> metrics.accuracy();
      case F1 -> metrics.f1();
      case LOSS -> -metrics.loss();
    };
  }

  /** By the figure; of equal ones that is better which has less loss, or more accuracy. */
  boolean isBetter(Metrics metrics, Metrics than) {
    int byFigure = Double.compare(figure(metrics), figure(than));
    if (byFigure != 0) {
      return byFigure > 0;
    }
    return metric == Metric.LOSS
        ? metrics.accuracy() > than.accuracy()
        : metrics.loss() < than.loss();
  }
}
