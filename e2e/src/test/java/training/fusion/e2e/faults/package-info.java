/** What goes on when the operator, the API server, or what a training needs fails. */
@NullMarked
package training.fusion.e2e.faults;

import org.jspecify.annotations.NullMarked;
