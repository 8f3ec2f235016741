package training.fusion.operator.sweep;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.job.Labels;
import training.fusion.operator.resource.Ownership;
import training.fusion.operator.resource.Refusal;

/**
 * The ConfigMaps of sweeps. Their names are what a user may have given as well, so another's is
 * neither read nor written: it is in the way.
 */
@Singleton
class ConfigMaps {
  private final KubernetesClient client;

  ConfigMaps(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The one of this name, if it is there and this sweep's.
   *
   * @throws Refused when it may not be read
   */
  Optional<ConfigMap> read(FusionSweep sweep, String name) {
    return there(sweep, name).filter(map -> Ownership.isOurs(map, sweep));
  }

  /**
   * Makes one.
   *
   * @param component what it is of the sweep, for a label
   * @throws Refused when the API server refuses it, or something else has the name
   * @throws KubernetesClientException with code 409 when it is there and this sweep's
   */
  ConfigMap create(FusionSweep sweep, String name, String component, Map<String, String> data) {
    var map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(sweep.getMetadata().getNamespace())
            .withLabels(Labels.ofSweep(sweep.getMetadata().getUid(), component))
            .withOwnerReferences(Trials.owner(sweep))
            .endMetadata()
            .withData(data)
            .build();
    try {
      return client.resource(map).create();
    } catch (KubernetesClientException e) {
      Optional<ConfigMap> there =
          e.getCode() == HttpURLConnection.HTTP_CONFLICT ? there(sweep, name) : Optional.empty();
      if (there.filter(it -> Ownership.isOurs(it, sweep)).isPresent()) {
        throw e;
      }
      throw new Refused(
          there
              .map(it -> Refusal.ofName(it, sweep, "delete it, or make the sweep by another name"))
              .orElseGet(() -> Refusal.of(e, "to make ConfigMap " + name)));
    }
  }

  /**
   * Writes it, if it is still as it was read.
   *
   * @throws Refused when the API server refuses it
   * @throws KubernetesClientException with code 409 when it has changed, or is gone
   */
  ConfigMap update(ConfigMap changed) {
    String name = changed.getMetadata().getName();
    try {
      return client.resource(changed).update();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        throw gone(name);
      }
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      throw new Refused(Refusal.of(e, "to change ConfigMap " + name));
    }
  }

  /** What is to be thrown for one that was there just now. */
  static KubernetesClientException gone(String name) {
    return new KubernetesClientException(
        "ConfigMap " + name + " is gone", HttpURLConnection.HTTP_CONFLICT, null);
  }

  private Optional<ConfigMap> there(FusionSweep sweep, String name) {
    try {
      return Optional.ofNullable(
          client.configMaps().inNamespace(sweep.getMetadata().getNamespace()).withName(name).get());
    } catch (KubernetesClientException e) {
      throw new Refused(Refusal.of(e, "to read ConfigMap " + name));
    }
  }
}
