/** Pods as processes of this machine. */
@NullMarked
package training.fusion.local.node;

import org.jspecify.annotations.NullMarked;
