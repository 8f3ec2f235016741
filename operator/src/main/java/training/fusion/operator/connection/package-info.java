/** How many connections there may be at once, whoever makes them. */
@NullMarked
package training.fusion.operator.connection;

import org.jspecify.annotations.NullMarked;
