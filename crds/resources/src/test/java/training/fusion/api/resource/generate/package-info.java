/**
 * Makes the CRD's YAML and the reference page from the annotated types: {@code mvn -pl
 * crds/resources -am process-test-classes -Pgenerate}.
 */
@NullMarked
package training.fusion.api.resource.generate;

import org.jspecify.annotations.NullMarked;
