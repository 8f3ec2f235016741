/** What operator and trainer say to each other about one run: configuration, progress, result. */
@NullMarked
package training.fusion.api.run;

import org.jspecify.annotations.NullMarked;
