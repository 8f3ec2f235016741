/**
 * Conditions and state: the one place that writes them. What was observed is one of the situations
 * of {@code conditions.csv}; its row is what the status says.
 */
@NullMarked
package training.fusion.operator.status;

import org.jspecify.annotations.NullMarked;
