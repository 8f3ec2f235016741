/**
 * What people meet of runs on one machine, the same by the launcher and by the trainer alone: the
 * table on a terminal, the link by a name.
 */
@NullMarked
package training.fusion.console;

import org.jspecify.annotations.NullMarked;
