package training.fusion.trainer.optim;

/**
 * What one step did to a group.
 *
 * @param gradientNorm Euclidean norm of the group's gradients, before clipping
 */
public record GroupStep(String group, double learningRate, double gradientNorm) {}
