/**
 * The parts of the API that operator and trainer share. These records are the types nested in a
 * FusionTraining's spec; their annotations are the one place where the schema and its rules are
 * written.
 */
@NullMarked
package training.fusion.api;

import org.jspecify.annotations.NullMarked;
