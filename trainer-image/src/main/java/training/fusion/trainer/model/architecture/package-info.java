/**
 * What every network is made of: its table, the program that the table becomes, and the statements
 * that programs of several families share. Each family has a room of its own beside this one.
 */
@NullMarked
package training.fusion.trainer.model.architecture;

import org.jspecify.annotations.NullMarked;
