/** Conversations with servers that misbehave. */
@NullMarked
package training.fusion.trainer.http;

import org.jspecify.annotations.NullMarked;
