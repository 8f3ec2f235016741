package training.fusion.local;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.validation.Definitions;
import training.fusion.local.api.EmbeddedApi;
import training.fusion.local.job.JobController;
import training.fusion.local.node.Claims;
import training.fusion.local.node.NodeSettings;
import training.fusion.local.node.ProcessNode;

/** All that a training needs of a cluster, on this machine: API, Job controller, node, operator. */
public final class LocalCluster implements AutoCloseable {
  private static final List<String> KINDS = List.of("fusiontrainings", "fusionsweeps");

  private final Claims claims;
  private final EmbeddedApi api;
  private final KubernetesClient client;
  private final JobController jobs;
  private final ProcessNode node;
  private final OperatorProcess operator;

  /**
   * Starts one.
   *
   * @param output folder for logs and for claims that no folder was given for
   * @param volumes folders by claim
   * @param retryDelay before a failed pod's successor
   * @param voice takes a sentence for a person
   */
  public LocalCluster(
      Installation installation,
      Path output,
      Map<String, Path> volumes,
      Duration retryDelay,
      Consumer<String> voice)
      throws IOException {
    claims = claims(installation, output, volumes);
    var settings = settings(installation, output, claims);
    api = new EmbeddedApi(KINDS.stream().map(Definitions::of).toList());
    client = api.client();
    jobs = new JobController(client, retryDelay);
    node = new ProcessNode(client, settings.apply(api));
    operator = new OperatorProcess(installation, api, output.resolve("operator.log"), voice);
  }

  /**
   * The folders of claims.
   *
   * @param output folder for those that no folder was given for
   * @param volumes folders by claim
   */
  static Claims claims(Installation installation, Path output, Map<String, Path> volumes) {
    return new Claims(
        volumes, installation.root().resolve("examples/data"), output.resolve("volumes"));
  }

  private static Function<EmbeddedApi, NodeSettings> settings(
      Installation installation, Path output, Claims claims) throws IOException {
    installation.trainer(null, Duration.ZERO); // says now that it is not built
    Files.createDirectories(installation.cache().resolve("tmp"));
    return api ->
        new NodeSettings(
            "local",
            true,
            Runtime.getRuntime().availableProcessors(),
            installation.hasCuda() ? 1 : 0,
            installation::trainer,
            installation.environment(),
            claims,
            (pod, audience, lifetime) ->
                api.tokens().token(pod.getMetadata(), "default", audience, lifetime),
            output.resolve("logs"),
            output.resolve("pods"));
  }

  /** The folders of claims. */
  Claims claims() {
    return claims;
  }

  /** The embedded API. */
  public EmbeddedApi api() {
    return api;
  }

  /** A client of it. */
  public KubernetesClient client() {
    return client;
  }

  /** The node. */
  public ProcessNode node() {
    return node;
  }

  /** The operator. */
  public OperatorProcess operator() {
    return operator;
  }

  /** The trainings, as they are now. */
  public List<FusionTraining> trainings() {
    return client.resources(FusionTraining.class).inAnyNamespace().list().getItems();
  }

  /** The sweeps, as they are now. */
  public List<FusionSweep> sweeps() {
    return client.resources(FusionSweep.class).inAnyNamespace().list().getItems();
  }

  /** Trainers save and end, no others are started; the API still answers. */
  public void stopTrainers() {
    operator.leaveEnded();
    jobs.close();
    node.close();
  }

  @Override
  public void close() {
    stopTrainers();
    operator.close();
    client.close();
    api.close();
  }
}
