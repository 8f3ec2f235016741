/** A matrix of trainings as one resource. */
@NullMarked
package training.fusion.api.resource.sweep;

import org.jspecify.annotations.NullMarked;
