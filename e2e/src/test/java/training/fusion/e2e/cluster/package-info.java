/**
 * A real Kubernetes: etcd, kube-apiserver, controller manager, scheduler, and nodes that kwok
 * simulates, started by {@code e2e/cluster}; what tests ask of it, and what they put in its way.
 */
@NullMarked
package training.fusion.e2e.cluster;

import org.jspecify.annotations.NullMarked;
