/** What a person sees. */
@NullMarked
package training.fusion.local.console;

import org.jspecify.annotations.NullMarked;
