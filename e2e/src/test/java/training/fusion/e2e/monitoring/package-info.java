/** Metrics, alerts and dashboards, judged by Prometheus' own code. */
@NullMarked
package training.fusion.e2e.monitoring;

import org.jspecify.annotations.NullMarked;
