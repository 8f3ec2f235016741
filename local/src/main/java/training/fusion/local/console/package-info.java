/** What a person sees of a run. */
@NullMarked
package training.fusion.local.console;

import org.jspecify.annotations.NullMarked;
