/** How a run's files are written. */
@NullMarked
package training.fusion.local.file;

import org.jspecify.annotations.NullMarked;
