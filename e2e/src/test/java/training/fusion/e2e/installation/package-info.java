/** The manifests, the chart and what others take a training for. */
@NullMarked
package training.fusion.e2e.installation;

import org.jspecify.annotations.NullMarked;
