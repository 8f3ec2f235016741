package training.fusion.operator.status;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus.OptimizationStatus;
import training.fusion.api.run.ParameterCounts;

class ReportedOptimizationTest {
  @Test
  void aFusionIsSaidInWordsWithItsBoundary() {
    assertThat(fusion(0, "{type: Adam}", "{type: SGD}").summary())
        .isEqualTo("Adam block 0 → SGD blocks 1–7 and head");
    assertThat(fusion(6, "{type: SGD}", "{type: AdamW}").summary())
        .isEqualTo("SGD blocks 0–6 → AdamW block 7 and head");
    assertThat(fusion(3, "{type: None}", "{type: Adam}").summary())
        .isEqualTo("frozen blocks 0–3 → Adam blocks 4–7 and head");
  }

  @Test
  void aVisionTransformerHasTwelveBlocks() {
    assertThat(
            of("""
               model: {architecture: ViT-B-16}
               optimization: {fusion: {lowLevel: {lastBlock: 5, optimizer: {type: Adam}}, highLevel: {optimizer: {type: SGD}}}}
               """)
                .summary())
        .isEqualTo("Adam blocks 0–5 → SGD blocks 6–11 and head");
  }

  @Test
  void oneOptimizerForAllIsSaid() {
    var status = of("optimization: {fusion: null, single: {optimizer: {type: AdamW}}}");
    assertThat(status.summary()).isEqualTo("AdamW for all blocks");
    var resolved = requireNonNull(requireNonNull(status.resolved()).single());
    assertThat(resolved.weightDecay()).isEqualTo(0.01); // AdamW's own default
    assertThat(resolved.learningRate()).isEqualTo(1e-3);
  }

  @Test
  void whatGoesForAllBlocksIsSaidAfterThem() {
    assertThat(of("training: {sharpnessAware: {rho: 0.1}}").summary())
        .isEqualTo(of("{}").summary() + ", sharpness-aware");
  }

  @Test
  void defaultsAreFilledInAndWhatIsSetStays() {
    var resolved =
        requireNonNull(fusion(5, "{type: Adam}", "{type: SGD, momentum: 0.9}").resolved());
    assertThat(requireNonNull(resolved.lowLevel()).beta2()).isEqualTo(0.999);
    assertThat(requireNonNull(resolved.highLevel()).momentum()).isEqualTo(0.9);
    assertThat(requireNonNull(resolved.highLevel()).beta1()).isNull();
  }

  @Test
  void parametersAreLeftOutUntilTheTrainerCountedThem() {
    var spec = Scene.ofTraining().training().getSpec();
    assertThat(ReportedOptimization.of(spec, null, null, null).highLevelShare()).isNull();
    var counted =
        ReportedOptimization.of(spec, new ParameterCounts(19_000_000, 1_187_690), null, 4L);
    assertThat(counted.lowLevelParameters()).isEqualTo(19_000_000);
    assertThat(counted.highLevelParameters()).isEqualTo(1_187_690);
    assertThat(counted.highLevelShare()).isEqualTo(0.0588);
    assertThat(counted.switchStep()).isEqualTo(4);
  }

  private static OptimizationStatus fusion(int lastBlock, String low, String high) {
    return of(
        "optimization: {fusion: {lowLevel: {lastBlock: %d, optimizer: %s}, highLevel: {optimizer: %s}}}"
            .formatted(lastBlock, low, high));
  }

  private static OptimizationStatus of(String spec) {
    return ReportedOptimization.of(
        Scene.ofTraining().spec(spec).training().getSpec(), null, null, null);
  }
}
