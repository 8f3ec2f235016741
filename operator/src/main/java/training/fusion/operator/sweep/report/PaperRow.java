package training.fusion.operator.sweep.report;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.operator.sweep.trial.Cell;

/**
 * A row of the paper's Table 2 or 3 (Kim and Moon). Table 3 has deviations, Table 2 has none.
 *
 * @param dataset {@code CIFAR-10}, or {@code proposed}: the authors' own 18 classes
 * @param lowLevel optimizer of the low level, or the single one
 * @param lastBlock a block's number, or {@code all} for a single optimizer
 * @param highLevel empty for a single optimizer; Table 3 has SGD throughout and no such column
 * @param accuracy percent
 * @param f1 percent
 */
record PaperRow(
    String model,
    String dataset,
    @JsonProperty("low_level_optimizer") String lowLevel,
    @JsonProperty("last_low_level_block") String lastBlock,
    @JsonProperty("high_level_optimizer") @Nullable String highLevel,
    @JsonAlias({"accuracy_percent", "accuracy_mean"}) double accuracy,
    @JsonProperty("accuracy_std") @Nullable Double accuracyStd,
    @JsonAlias("loss_mean") double loss,
    @JsonProperty("loss_std") @Nullable Double lossStd,
    @JsonAlias({"f1_percent", "f1_mean"}) double f1,
    @JsonProperty("f1_std") @Nullable Double f1Std) {

  /** Same network, data set, optimizers and boundary; learning rates and schedule may differ. */
  boolean matches(Cell cell) {
    return cell.architecture() != null
        && model.equals(cell.architecture().paperName())
        && bare(dataset).equals(bare(cell.dataset()))
        && optimizers().equals(optimizers(cell.optimization()));
  }

  /** Whether a single optimizer updates everything. */
  boolean single() {
    return lastBlock.equals("all");
  }

  private String optimizers() {
    return single() ? lowLevel : lowLevel + " " + lastBlock + " " + highLevelOrSgd();
  }

  /** Optimizer of the high level. */
  String highLevelOrSgd() {
    return highLevel == null ? "SGD" : highLevel;
  }

  /** Empty for a strategy that the paper has not: it matches no row. */
  private static String optimizers(Optimization optimization) {
    if (optimization.fusion() != null) {
      return optimization.fusion().lowLevel().optimizer().type()
          + " "
          + optimization.fusion().lowLevel().lastBlock()
          + " "
          + optimization.fusion().highLevel().optimizer().type();
    }
    return optimization.single() == null ? "" : optimization.single().optimizer().type().toString();
  }

  /** {@code CIFAR-10}, {@code cifar10} and {@code Cifar_10} are one name. */
  private static String bare(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }
}
