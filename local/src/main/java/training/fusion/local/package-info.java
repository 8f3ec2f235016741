/**
 * One-machine mode: an embedded Kubernetes API, the operator as it is shipped, trainers as
 * processes.
 */
@NullMarked
package training.fusion.local;

import org.jspecify.annotations.NullMarked;
