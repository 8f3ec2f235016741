/** From a training to its end: what Jobs, pods and trainers do on a real Kubernetes. */
@NullMarked
package training.fusion.e2e.lifecycle;

import org.jspecify.annotations.NullMarked;
