/** Jobs and pods as processes, tested with shell scripts in the trainer's place. */
@NullMarked
package training.fusion.local.node;

import org.jspecify.annotations.NullMarked;
