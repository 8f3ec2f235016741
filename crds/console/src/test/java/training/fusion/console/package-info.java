@NullMarked
package training.fusion.console;

import org.jspecify.annotations.NullMarked;
