/** What the HTML reports of a run and of a sweep have in common. */
@NullMarked
package training.fusion.page;

import org.jspecify.annotations.NullMarked;
