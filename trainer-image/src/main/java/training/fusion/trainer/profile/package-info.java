/** Where the time of a training step goes, for who asks. */
@NullMarked
package training.fusion.trainer.profile;

import org.jspecify.annotations.NullMarked;
