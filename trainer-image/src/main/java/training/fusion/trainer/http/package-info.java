/** What every conversation with a server needs: an end, a bound, and keys that stay secret. */
@NullMarked
package training.fusion.trainer.http;

import org.jspecify.annotations.NullMarked;
