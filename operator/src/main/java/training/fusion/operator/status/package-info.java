/**
 * A training's status: the one place that writes its conditions and state. What was found is one of
 * the situations of {@code conditions.csv}; its row is what the status says.
 */
@NullMarked
package training.fusion.operator.status;

import org.jspecify.annotations.NullMarked;
