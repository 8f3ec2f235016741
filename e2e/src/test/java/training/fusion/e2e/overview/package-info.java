/** The page that shows all trainings and sweeps while they go on. */
@NullMarked
package training.fusion.e2e.overview;

import org.jspecify.annotations.NullMarked;
