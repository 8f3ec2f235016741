/** Tar files with many pictures each, as WebDataset writes them: what lies where in them. */
@NullMarked
package training.fusion.trainer.shard;

import org.jspecify.annotations.NullMarked;
