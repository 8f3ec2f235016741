package training.fusion.trainer.optim;

import java.util.List;

/**
 * The numbers of one step, read from the device.
 *
 * @param loss mean over the batch, label smoothing included
 * @param correct images classified correctly
 * @param finite whether loss and all gradients were; if not, nothing was updated
 */
public record StepOutcome(double loss, long correct, boolean finite, List<GroupStep> groups) {}
