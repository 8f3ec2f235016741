/** What survives a pod: the run's folder, checkpoints in it, its lock and the ledger of steps. */
@NullMarked
package training.fusion.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
