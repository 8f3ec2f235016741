package training.fusion.e2e.queue;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * These tests queue Jobs with {@link Kueue} itself, which they get as a parameter. Skipped where it
 * is not built.
 */
@Tag("process")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KueueExtension.class)
public @interface OnKueue {}
