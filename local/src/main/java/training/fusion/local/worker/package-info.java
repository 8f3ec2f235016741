/** Threads that do one thing after the other. */
@NullMarked
package training.fusion.local.worker;

import org.jspecify.annotations.NullMarked;
