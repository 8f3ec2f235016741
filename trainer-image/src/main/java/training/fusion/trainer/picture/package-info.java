/** Picture files: decoded as Pillow does, and made squares of the network's input size. */
@NullMarked
package training.fusion.trainer.picture;

import org.jspecify.annotations.NullMarked;
