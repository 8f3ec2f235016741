/**
 * What a Kubernetes API server checks when a FusionTraining is applied, for places without one:
 * reading YAML as kubectl does, and the CRD's own schema, defaults and rules.
 */
@NullMarked
package training.fusion.api.validation;

import org.jspecify.annotations.NullMarked;
