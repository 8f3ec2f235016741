/**
 * What fits where others set the bounds: into a status whose schema the API server holds us to,
 * into an event, into one variable of a process's environment.
 */
@NullMarked
package training.fusion.operator.bounds;

import org.jspecify.annotations.NullMarked;
