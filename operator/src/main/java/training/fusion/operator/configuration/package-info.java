/** How the operator is configured: each setting, its default, what it is for. */
@NullMarked
package training.fusion.operator.configuration;

import org.jspecify.annotations.NullMarked;
