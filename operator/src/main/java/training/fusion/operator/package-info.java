/** The operator: makes Jobs out of FusionTrainings and keeps their status true. */
@NullMarked
package training.fusion.operator;

import org.jspecify.annotations.NullMarked;
