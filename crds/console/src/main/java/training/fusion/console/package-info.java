/** What is told of runs on a terminal, the same by the launcher and by the trainer alone. */
@NullMarked
package training.fusion.console;

import org.jspecify.annotations.NullMarked;
