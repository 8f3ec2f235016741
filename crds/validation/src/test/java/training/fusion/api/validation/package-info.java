@NullMarked
package training.fusion.api.validation;

import org.jspecify.annotations.NullMarked;
