package training.fusion.operator.sweep;

import training.fusion.api.resource.FusionTrainingSpec;

/**
 * One training of a sweep.
 *
 * @param name of its FusionTraining
 * @param spec as the user wrote it, without defaults
 */
record Trial(String name, Cell cell, FusionTrainingSpec spec) {}
