/**
 * What a sweep's trials show: groups, statistics, the paper's values beside ours, as Markdown, CSV
 * and HTML. Pure functions of the trials' rows; nothing here knows a cluster.
 */
@org.jspecify.annotations.NullMarked
package training.fusion.operator.sweep.report;
