package training.fusion.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization.Level;

/** A strategy in words: the one author of what status, reports, log and terminal say of it. */
public final class OptimizationSummary {
  /** Levels that are all named: a summary has its longest length. */
  private static final int MOST = 6;

  private OptimizationSummary() {}

  /**
   * Such as {@code Adam blocks 0–5 → SGD blocks 6–7 and head}; of many levels the first and last.
   *
   * @param architecture null: somebody's own network, which only its file knows
   */
  public static String words(Optimization strategy, @Nullable Architecture architecture) {
    List<Level> levels = strategy.inLevels();
    if (strategy.single() != null) {
      return name(levels.get(0)) + " for all blocks";
    }
    if (levels.isEmpty()) {
      return strategy.swats() != null ? "SWATS: Adam, then SGD" : "MAS: Adam and SGD mixed";
    }
    List<String> words = new ArrayList<>();
    int first = 0;
    for (Level level : levels) {
      boolean top = level.lastBlock() == null;
      if (top && architecture == null) {
        words.add(name(level) + " blocks from " + first);
        break;
      }
      int last =
          architecture != null && level.lastBlock() == null
              ? architecture.blocks() - 1
              : Objects.requireNonNullElse(level.lastBlock(), first);
      words.add(name(level) + " " + blocks(first, last) + (top ? " and head" : ""));
      first = last + 1;
    }
    if (words.size() > MOST) {
      words.subList(MOST / 2, words.size() - MOST / 2).clear();
      words.add(MOST / 2, "…");
      words.set(0, levels.size() + " levels: " + words.get(0));
    }
    return String.join(" → ", words);
  }

  /** The same, and what goes for all of a training's blocks: {@code …, sharpness-aware}. */
  public static String words(
      Optimization strategy, @Nullable Architecture architecture, Training training) {
    String words = words(strategy, architecture);
    return training.sharpnessAware() == null ? words : words + ", sharpness-aware";
  }

  /** Optimizers without blocks and rates: {@code Adam → SGD}, {@code Adam}, {@code SWATS}. */
  public static String family(Optimization strategy) {
    List<Level> levels = strategy.inLevels();
    if (levels.isEmpty()) {
      return strategy.swats() != null ? "SWATS" : "MAS";
    }
    return levels.size() > MOST
        ? levels.size() + " levels"
        : levels.stream().map(OptimizationSummary::name).collect(Collectors.joining(" → "));
  }

  private static String blocks(int first, int last) {
    return first == last ? "block " + first : "blocks " + first + "–" + last;
  }

  private static String name(Level level) {
    OptimizerType type = level.optimizer().type();
    return type == OptimizerType.NONE ? "frozen" : type.toString();
  }
}
