/**
 * Which trials of a sweep are worth going on with: functions of what the trials have said at their
 * pauses, and of nothing else.
 */
@NullMarked
package training.fusion.operator.sweep.search;

import org.jspecify.annotations.NullMarked;
