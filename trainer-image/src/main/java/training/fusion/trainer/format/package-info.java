/**
 * A reader for each format of data sets: from a folder to labelled samples, in the parts that its
 * files have.
 */
@NullMarked
package training.fusion.trainer.format;

import org.jspecify.annotations.NullMarked;
