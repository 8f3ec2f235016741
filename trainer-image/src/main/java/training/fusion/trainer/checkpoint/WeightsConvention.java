package training.fusion.trainer.checkpoint;

import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset.Normalization;
import training.fusion.api.Pretrained;

/**
 * Which convention a checkpoint's weights follow, and where it differs from its variant's usual.
 *
 * @param epsilon of the network's norms; null: as usual
 * @param normalization mean and std that they go with; null: as usual
 */
public record WeightsConvention(
    Pretrained.Variant variant, @Nullable Double epsilon, @Nullable Normalization normalization) {}
