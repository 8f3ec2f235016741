/** A node with containerd and a kubelet, and the images that run there. */
@NullMarked
package training.fusion.e2e.node;

import org.jspecify.annotations.NullMarked;
