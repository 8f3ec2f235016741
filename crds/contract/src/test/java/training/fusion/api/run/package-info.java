@NullMarked
package training.fusion.api.run;

import org.jspecify.annotations.NullMarked;
