/** A training becomes a {@code batch/v1} Job. */
@NullMarked
package training.fusion.operator.job;

import org.jspecify.annotations.NullMarked;
