/** One-machine mode, tested with real processes. */
@NullMarked
package training.fusion.local;

import org.jspecify.annotations.NullMarked;
