/**
 * Tests against a real Kubernetes: etcd, kube-apiserver, controller manager, scheduler, and nodes
 * that kwok simulates, started by {@code e2e/cluster}.
 */
@NullMarked
package training.fusion.e2e;

import org.jspecify.annotations.NullMarked;
