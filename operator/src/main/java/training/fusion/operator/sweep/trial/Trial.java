package training.fusion.operator.sweep.trial;

import training.fusion.api.resource.FusionTrainingSpec;

/**
 * One training of a sweep.
 *
 * @param name of its FusionTraining
 * @param spec as the user wrote it, without defaults
 */
public record Trial(String name, Cell cell, FusionTrainingSpec spec) {}
