/** The embedded Kubernetes API of one run. */
@NullMarked
package training.fusion.local.api;

import org.jspecify.annotations.NullMarked;
