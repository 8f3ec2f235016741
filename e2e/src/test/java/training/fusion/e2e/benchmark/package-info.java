/** The operator beside bare Jobs and Kubeflow's trainer, and thousands of trainings at once. */
@NullMarked
package training.fusion.e2e.benchmark;

import org.jspecify.annotations.NullMarked;
