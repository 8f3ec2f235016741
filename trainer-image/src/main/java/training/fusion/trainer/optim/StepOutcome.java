package training.fusion.trainer.optim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one step, read from the device.
 *
 * @param loss mean over the batch, label smoothing included
 * @param correct images classified correctly
 * @param finite whether loss and all gradients were; if not, nothing was updated
 * @param swats absent for other strategies
 */
public record StepOutcome(
    double loss,
    long correct,
    boolean finite,
    List<GroupStep> groups,
    @Nullable SwatsFigures swats) {}
