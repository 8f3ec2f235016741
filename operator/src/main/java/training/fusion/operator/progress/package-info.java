/**
 * Progress reports: HTTP in, {@code status.progress} out. Who posts is proved by the pod's
 * projected token, verified without asking anyone.
 */
@NullMarked
package training.fusion.operator.progress;

import org.jspecify.annotations.NullMarked;
