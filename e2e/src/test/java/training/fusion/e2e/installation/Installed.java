package training.fusion.e2e.installation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;

/**
 * What {@code deploy} holds, installed as a person would: by a kustomization with a namespace of
 * its own over one of ours. Its Deployment's pods are simulated; the operator that works here is
 * started with {@link #kubeconfig}.
 */
public record Installed(ControlPlane controlPlane, String namespace) {
  /** Name of the ServiceAccount, and of most other things. */
  public static final String NAME = "fusion-training-operator";

  private static final Path DEPLOY = ControlPlane.MODULE.resolveSibling("deploy");

  /**
   * Installs it.
   *
   * @param overlay "namespace" or "cluster"
   */
  public static Installed as(String overlay, ControlPlane controlPlane, String namespace) {
    Path folder = ControlPlane.MODULE.resolve("target/deploy").resolve(namespace);
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("kustomization.yaml"),
          """
          namespace: %s
          resources: [%s]
          images: [{name: fusion-training-operator, newName: registry.example/operator, newTag: "1"}]
          """
              .formatted(namespace, folder.relativize(DEPLOY.resolve("overlays/" + overlay))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Kubectl.succeeded(controlPlane.kubectl(null, "apply", "-k", folder.toString()));
    return new Installed(controlPlane, namespace);
  }

  /** How the API server calls the operator. */
  public String user() {
    return "system:serviceaccount:" + namespace + ":" + NAME;
  }

  /** A kubeconfig with a token of the operator's ServiceAccount, in its namespace. */
  public Path kubeconfig() {
    Config administrator = controlPlane.client().getConfiguration();
    String token =
        controlPlane
            .client()
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(NAME)
            .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
            .getStatus()
            .getToken();
    try {
      Path file = ControlPlane.MODULE.resolve("target/deploy/" + namespace + ".kubeconfig");
      return Files.writeString(
          file,
          """
          apiVersion: v1
          kind: Config
          clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: "%s"}}]
          users: [{name: u, user: {token: "%s"}}]
          contexts: [{name: o, context: {cluster: c, user: u, namespace: "%s"}}]
          current-context: o
          """
              .formatted(administrator.getMasterUrl(), authority(administrator), token, namespace));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String authority(Config administrator) {
    String data = administrator.getCaCertData();
    return data.startsWith("-----")
        ? Base64.getEncoder().encodeToString(data.getBytes(UTF_8))
        : data;
  }

  /** Takes away what a cluster has once, which would outlive the namespace. */
  public void uninstall() {
    controlPlane.kubectl(
        null,
        "delete",
        "clusterroles,clusterrolebindings",
        "--selector=app.kubernetes.io/part-of=fusion-training");
  }
}
