/**
 * What the API server sends is read as far as it can be: of an object that this operator does not
 * understand whole, the rest, with a note of what is missing.
 */
@NullMarked
package training.fusion.operator.reading;

import org.jspecify.annotations.NullMarked;
