package training.fusion.operator.resource;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Preconditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/** Deletes a very object: whatever has its name by now stays. */
public final class Deletion {
  private Deletion() {}

  /**
   * Deletes it whatever has changed of it since it was seen.
   *
   * @param api its address up to the namespaces, such as {@code /apis/batch/v1}
   * @return whether it was there to be deleted
   * @throws KubernetesClientException with code 409 if another has its name
   */
  public static boolean of(
      KubernetesClient client,
      String api,
      String plural,
      HasMetadata resource,
      DeletionPropagation propagation) {
    return of(client, api, plural, resource, propagation, null);
  }

  /** Deletes it only if it is still as it was seen; 409 otherwise, too. */
  public static boolean unchanged(
      KubernetesClient client, String api, String plural, HasMetadata resource) {
    String version = resource.getMetadata().getResourceVersion();
    return of(client, api, plural, resource, DeletionPropagation.BACKGROUND, version);
  }

  private static boolean of(
      KubernetesClient client,
      String api,
      String plural,
      HasMetadata resource,
      DeletionPropagation propagation,
      @Nullable String version) {
    ObjectMeta metadata = resource.getMetadata();
    String address =
        "%s/namespaces/%s/%s/%s"
            .formatted(api, metadata.getNamespace(), plural, metadata.getName());
    var options =
        new DeleteOptionsBuilder()
            .withPropagationPolicy(propagation.toString())
            .withPreconditions(new Preconditions(version, metadata.getUid()))
            .build();
    try {
      client.raw(address, "DELETE", options);
      return true;
    } catch (KubernetesClientException e) {
      if (StatusSubresource.isGone(e)) {
        return false;
      }
      throw e;
    }
  }
}
