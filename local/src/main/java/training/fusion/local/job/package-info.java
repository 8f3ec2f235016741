/** What Kubernetes' Job controller does for a training. */
@NullMarked
package training.fusion.local.job;

import org.jspecify.annotations.NullMarked;
