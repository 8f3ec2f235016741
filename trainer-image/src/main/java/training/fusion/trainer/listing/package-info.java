/** What lies in a folder: names, stamps and an index of them, listed once and found again. */
@NullMarked
package training.fusion.trainer.listing;

import org.jspecify.annotations.NullMarked;
