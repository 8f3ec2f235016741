package training.fusion.api.resource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field of the spec that may change at any time. Every other field is compared by a rule of the
 * CRD once the run has begun ({@code status.begun}), and a change refused, unless {@code
 * spec.runId} changes with it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Mutable {}
