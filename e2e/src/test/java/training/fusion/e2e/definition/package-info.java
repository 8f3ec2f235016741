/** The definitions: what the API server takes, refuses and shows by them. */
@NullMarked
package training.fusion.e2e.definition;

import org.jspecify.annotations.NullMarked;
