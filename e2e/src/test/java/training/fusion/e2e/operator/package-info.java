/** The operator as it is shipped, the trainings that tests give it, and what it does with them. */
@NullMarked
package training.fusion.e2e.operator;

import org.jspecify.annotations.NullMarked;
