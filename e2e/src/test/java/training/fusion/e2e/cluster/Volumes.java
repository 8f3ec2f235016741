package training.fusion.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

/** Claims that are bound, so that the scheduler lets their pods go. */
public final class Volumes {
  private Volumes() {}

  /** A claim whose pods may run on any node. */
  public static void bind(ControlPlane controlPlane, String namespace, String claim) {
    bind(controlPlane, namespace, claim, "kubernetes.io/os", "linux");
  }

  /** A claim whose volume is there on one node alone, where its pods therefore run. */
  public static void bindOn(
      ControlPlane controlPlane, String namespace, String claim, String node) {
    bind(controlPlane, namespace, claim, "kubernetes.io/hostname", node);
  }

  /** Waits until all claims of a namespace are bound: until then the scheduler passes pods over. */
  public static void awaitBound(ControlPlane controlPlane, String namespace) {
    Kubectl.succeeded(
        controlPlane.kubectl(
            null,
            "wait",
            "pvc",
            "--all",
            "--namespace=" + namespace,
            "--for=jsonpath={.status.phase}=Bound",
            "--timeout=60s"));
  }

  private static void bind(
      ControlPlane controlPlane, String namespace, String claim, String label, String value) {
    String yaml =
        """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: %1$s-%2$s}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteMany]
          storageClassName: ""
          hostPath: {path: /nowhere}
          claimRef: {namespace: %1$s, name: %2$s}
          nodeAffinity:
            required:
              nodeSelectorTerms:
              - matchExpressions: [{key: %3$s, operator: In, values: [%4$s]}]
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: %2$s, namespace: %1$s}
        spec:
          accessModes: [ReadWriteMany]
          storageClassName: ""
          volumeName: %1$s-%2$s
          resources: {requests: {storage: 1Gi}}
        """
            .formatted(namespace, claim, label, value);
    ControlPlane.Output applied = controlPlane.kubectl(yaml, "apply", "-f", "-");
    assertThat(applied.exitCode()).as(applied.text()).isZero();
  }
}
