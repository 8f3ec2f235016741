/** The project itself: its rooms, tags, pages, versions, and the commands in its pages. */
@NullMarked
package training.fusion.e2e.project;

import org.jspecify.annotations.NullMarked;
