/** What a run passes on of its folder: packed for a person, or sent to a store. */
@NullMarked
package training.fusion.trainer.artifact;

import org.jspecify.annotations.NullMarked;
