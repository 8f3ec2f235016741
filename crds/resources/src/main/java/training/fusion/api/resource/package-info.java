/** The custom resources, from which the CRD YAML in {@code crds/resources/crd} is made. */
@NullMarked
package training.fusion.api.resource;

import org.jspecify.annotations.NullMarked;
