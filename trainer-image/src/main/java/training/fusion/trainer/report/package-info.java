/** What a run tells: metrics, history, progress, result, the trained model. */
@NullMarked
package training.fusion.trainer.report;

import org.jspecify.annotations.NullMarked;
