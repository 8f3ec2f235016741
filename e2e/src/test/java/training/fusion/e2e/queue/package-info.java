/** Jobs that wait in a queue: Kueue itself, and a stand-in. */
@NullMarked
package training.fusion.e2e.queue;

import org.jspecify.annotations.NullMarked;
