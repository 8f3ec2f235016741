/** The informers: in which namespaces they are, whether they live, and that they start again. */
@NullMarked
package training.fusion.operator.informer;

import org.jspecify.annotations.NullMarked;
