/** The embedded API, tested with requests as bytes. */
@NullMarked
package training.fusion.local.api;

import org.jspecify.annotations.NullMarked;
