/**
 * Networks: an architecture is a data table, a builder turns it into a TorchScript program, and a
 * {@link training.fusion.trainer.model.Network} holds the parameters that the program is run on.
 */
@NullMarked
package training.fusion.trainer.model;

import org.jspecify.annotations.NullMarked;
