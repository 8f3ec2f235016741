/** The reconciler: observe, decide, act, write what changed. */
@NullMarked
package training.fusion.operator.training;

import org.jspecify.annotations.NullMarked;
