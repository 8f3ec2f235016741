package training.fusion.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A real control plane, by {@code e2e/cluster up --attached}: it ends with this process, however
 * that ends. Logs stay in {@code e2e/target/NAME-logs}.
 */
public final class ControlPlane implements AutoCloseable {
  /** The module's folder; Surefire sets the property. */
  public static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  /** The definitions that a cluster gets. */
  public static final Path CUSTOM_RESOURCES = MODULE.resolveSibling("crds/resources/crd");

  /** Each process that runs tests has its own. */
  private static final String NAME = "control-plane-" + System.getProperty("fork", "fork-1");

  private static final String KUBECONFIG = "KUBECONFIG=";

  /** For an answer, and for a free connection to ask by, of a control plane under load. */
  private static final int LONGEST_MILLISECONDS = 60_000;

  private final String name;
  private final Process script;
  private final KubernetesClient client;
  private final Path kubeconfig;
  private boolean customResources;

  private ControlPlane(String name, Process script, Path kubeconfig) throws IOException {
    this.name = name;
    this.script = script;
    this.kubeconfig = kubeconfig;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                    .withConnectionTimeout(LONGEST_MILLISECONDS)
                    .withRequestTimeout(LONGEST_MILLISECONDS)
                    .build())
            .build();
  }

  /** Whether the binaries are there and made from the sources as they are now. */
  public static boolean isBuilt() {
    return script(null, "build", "--check").exitCode() == 0;
  }

  /** Starts one with two simulated nodes, or {@code -Dcluster.nodes}, beside all others here. */
  public static ControlPlane start() {
    return start(NAME, "--kwok", System.getProperty("cluster.nodes", "2"));
  }

  /**
   * Starts one beside all others on this machine.
   *
   * @param name of its folders in {@code target}
   * @param options of {@code e2e/cluster up}
   */
  public static ControlPlane start(String name, String... options) {
    try {
      Path errors = Files.createDirectories(logs(name)).resolve("cluster.log");
      List<String> line = new ArrayList<>(List.of("up", "--attached"));
      line.addAll(List.of(options));
      Process script = command(name, line).redirectError(errors.toFile()).start();
      BufferedReader output = script.inputReader(UTF_8);
      @Nullable String first = output.readLine();
      if (first == null || !first.startsWith(KUBECONFIG)) {
        throw new IllegalStateException("e2e/cluster up: " + Files.readString(errors));
      }
      return new ControlPlane(name, script, Path.of(first.substring(KUBECONFIG.length())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path logs(String name) {
    return MODULE.resolve("target").resolve(name + "-logs");
  }

  /** A client with all rights. */
  public KubernetesClient client() {
    return client;
  }

  /** The administrator's kubeconfig. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /** The id of one of its processes, such as {@code etcd}. */
  public long process(String program) {
    Path file = MODULE.resolve("target").resolve(name).resolve("pid").resolve(program);
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the API server recorded of each request. */
  public AuditLog auditLog() {
    return new AuditLog(logs(name).resolve("audit.log"));
  }

  /** This, with our custom resources served; they are installed as a person would. */
  public synchronized ControlPlane withCustomResources() {
    if (!customResources) {
      Output applied = kubectl(null, "apply", "--server-side", "-f", CUSTOM_RESOURCES.toString());
      if (applied.exitCode() != 0) {
        throw new IllegalStateException(applied.text());
      }
      for (String kind : List.of("fusiontrainings", "fusionsweeps")) {
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(kind + ".fusion.training")
            .waitUntilCondition(ControlPlane::isEstablished, 30, SECONDS);
      }
      customResources = true;
    }
    return this;
  }

  /**
   * This, with the kinds in {@code deploy} that are neither ours nor Kubernetes' own: the
   * Prometheus operator's, by its own definitions, and Kueue's, by ours.
   */
  public ControlPlane withKindsOfOthers() {
    String folder = Kubectl.succeeded(script(null, "definitions")).strip();
    Path kueue = MODULE.resolve("src/test/resources/training/fusion/e2e/cluster/kueue.yaml");
    Kubectl.succeeded(
        kubectl(null, "apply", "--server-side", "-f", folder, "-f", kueue.toString()));
    Kubectl.succeeded(
        kubectl(null, "wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"));
    return this;
  }

  private static boolean isEstablished(CustomResourceDefinition definition) {
    var conditions = definition.getStatus() == null ? null : definition.getStatus().getConditions();
    return conditions != null
        && conditions.stream()
            .anyMatch(it -> "Established".equals(it.getType()) && "True".equals(it.getStatus()));
  }

  /** A new namespace, in which pods can be made. */
  public String newNamespace(String prefix) {
    String name =
        client
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withGenerateName(prefix + "-")
                    .endMetadata()
                    .build())
            .create()
            .getMetadata()
            .getName();
    // without it the API server refuses pods, and a Job's first attempt waits for the next one
    client
        .serviceAccounts()
        .inNamespace(name)
        .withName("default")
        .waitUntilCondition(Objects::nonNull, 30, SECONDS);
    return name;
  }

  /**
   * What kubectl says.
   *
   * @param standardInput given to it, such as a resource for {@code apply -f -}; null: nothing
   */
  public Output kubectl(@Nullable String standardInput, String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    return run(name, command, Map.of(), standardInput);
  }

  /** What {@code e2e/cluster} says of this one, such as to {@code import}. */
  public Output cluster(String... arguments) {
    return run(name, List.of(arguments), Map.of(), null);
  }

  /** What {@code e2e/cluster} says. */
  public static Output script(@Nullable String standardInput, String... arguments) {
    return run(NAME, List.of(arguments), Map.of(), standardInput);
  }

  /**
   * {@code kubectl edit}.
   *
   * @param editor a command that changes the file it is given, such as {@code sed -i …}
   */
  public Output edit(String editor, String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl", "edit"));
    command.addAll(List.of(arguments));
    return run(name, command, Map.of("KUBE_EDITOR", editor), null);
  }

  /** A kubectl that goes on by itself, such as {@code get --watch}; to be destroyed. */
  public Process kubectlInBackground(String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    return inBackground(command);
  }

  /** An {@code e2e/cluster} that goes on until its standard input ends. */
  public Process clusterInBackground(String... arguments) {
    return inBackground(List.of(arguments));
  }

  private Process inBackground(List<String> arguments) {
    try {
      return command(name, arguments).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a command ended, and its standard output and error together. */
  public record Output(int exitCode, String text) {}

  @Override
  public void close() {
    client.close();
    try {
      script.getOutputStream().close(); // the script then takes everything down
      if (!script.waitFor(60, SECONDS)) {
        throw new IllegalStateException("e2e/cluster did not end within 60 seconds");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Output run(
      String name,
      List<String> arguments,
      Map<String, String> environment,
      @Nullable String standardInput) {
    try {
      ProcessBuilder builder = command(name, arguments).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      try (var input = process.outputWriter(UTF_8)) {
        input.write(standardInput == null ? "" : standardInput);
      }
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: e2e/cluster " + String.join(" ", arguments), e);
    }
  }

  private static ProcessBuilder command(String name, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("bash", MODULE.resolve("cluster").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "FUSION_CLUSTER_RUN", MODULE.resolve("target").resolve(name).toString(),
                "FUSION_CLUSTER_LOGS", logs(name).toString()));
    return builder;
  }
}
