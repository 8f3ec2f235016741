package training.fusion.trainer.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.Schedule;
import training.fusion.api.StrategyDefaults;
import training.fusion.trainer.FieldText;
import training.fusion.trainer.optim.ParameterGroup;

/** Parts of a configuration in a line, every field by its name and with its default filled in. */
final class ResolvedText {
  private ResolvedText() {}

  /** A group's rule: {@code Adam, learningRate 0.001, weightDecay 0, beta1 0.9 …}. */
  static String rule(Optimization strategy, ParameterGroup group) {
    return group.rule().label() + fields(resolved(strategy, group));
  }

  private static Object resolved(Optimization strategy, ParameterGroup group) {
    if (strategy.swats() != null) {
      return StrategyDefaults.resolve(strategy.swats());
    }
    if (strategy.mas() != null) {
      return StrategyDefaults.resolve(strategy.mas());
    }
    return strategy.inLevels().stream()
        .filter(level -> level.lastBlock() == null || level.lastBlock() >= group.firstBlock())
        .findFirst()
        .orElseThrow()
        .optimizer()
        .resolved();
  }

  /** A schedule: {@code Cosine, warmupSteps 20}. */
  static String schedule(@Nullable Schedule schedule) {
    if (schedule == null) {
      return "Constant";
    }
    boolean step = schedule.type() == Schedule.Type.STEP;
    var resolved =
        new Schedule(
            schedule.type(),
            schedule.warmupEpochs() == null ? or(schedule.warmupSteps(), 0) : null,
            schedule.warmupEpochs(),
            schedule.warmupFactor(),
            schedule.minimumLearningRate(),
            step ? or(schedule.everyEpochs(), StrategyDefaults.SCHEDULE_EVERY_EPOCHS) : null,
            step ? or(schedule.factor(), StrategyDefaults.SCHEDULE_FACTOR) : schedule.factor());
    return FieldText.word(schedule.type()) + fields(resolved);
  }

  /** Any other part: {@code patience 3, minimumImprovement 0, metric Accuracy}. */
  static String part(Object part) {
    return FieldText.of(FieldText.fields(part));
  }

  private static String fields(Object part) {
    Map<String, Object> fields = FieldText.fields(part);
    fields.remove("type");
    return fields.isEmpty() ? "" : ", " + FieldText.of(fields);
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
