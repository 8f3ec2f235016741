/** One of several operators writes: it has the Lease, and ends before another may have it. */
@NullMarked
package training.fusion.operator.leadership;

import org.jspecify.annotations.NullMarked;
