package training.fusion.e2e.operator;

import static training.fusion.e2e.cluster.Eventually.eventually;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Probe;
import training.fusion.e2e.cluster.ProcessFigures;
import training.fusion.local.Installation;

/** The operator as it is shipped, in a process of its own. */
public final class ShippedOperator implements AutoCloseable {
  private static final Path TARGET = ControlPlane.MODULE.resolveSibling("operator/target");
  private static final Path LOG =
      ControlPlane.MODULE.resolve(
          "target/operator-" + System.getProperty("fork", "fork-1") + ".log");

  private final ProcessBuilder command;
  private final URI address;
  private Process process;

  /**
   * Starts it for one namespace, as the cluster's administrator.
   *
   * @param settings more of its settings, as {@code name=value}
   */
  public ShippedOperator(ControlPlane controlPlane, String namespace, List<String> settings)
      throws IOException {
    this(controlPlane.kubeconfig(), forNamespace(namespace, settings));
  }

  /**
   * Starts it.
   *
   * @param kubeconfig as whom
   * @param settings more of its settings, as {@code name=value}
   */
  public ShippedOperator(Path kubeconfig, List<String> settings) throws IOException {
    this(jar(TARGET), kubeconfig, settings);
  }

  private ShippedOperator(Path jar, Path kubeconfig, List<String> settings) throws IOException {
    int port = freePort();
    address = URI.create("http://127.0.0.1:" + port);
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(Installation.OPERATOR_OPTIONS);
    line.add("-Dquarkus.http.host=127.0.0.1");
    line.add("-Dquarkus.http.port=" + port);
    line.add("-Dfusion.progress.address=" + address.resolve("/v1/progress"));
    settings.forEach(setting -> line.add("-D" + setting));
    line.add("-jar");
    line.add(jar.toString());
    command =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(LOG.toFile()));
    command.environment().put("KUBECONFIG", kubeconfig.toString());
    command.environment().put("HOSTNAME", "operator-" + port); // as of a pod: who it is in a Lease
    process = command.start();
  }

  /**
   * Starts the one of another checkout, as {@code mvn package} left it there.
   *
   * @param checkout its folder
   */
  public static ShippedOperator of(Path checkout, Path kubeconfig, List<String> settings)
      throws IOException {
    return new ShippedOperator(jar(checkout.resolve("operator/target")), kubeconfig, settings);
  }

  private static List<String> forNamespace(String namespace, List<String> settings) {
    var all = new ArrayList<>(settings);
    all.add("fusion.namespaces=" + namespace);
    return all;
  }

  /** Where it answers. */
  public URI address() {
    return address;
  }

  /**
   * Whether a kubelet would send it requests.
   *
   * @throws IllegalStateException if it has ended by itself: it won't ever be
   */
  public boolean isReady() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the operator ended with exit code " + process.exitValue() + ": see " + LOG);
    }
    return Probe.isOk(address.resolve("/q/health/ready"));
  }

  /** Waits until it is ready: of two that are started at once, one may take longer. */
  public void awaitReady() {
    if (!eventually(this::isReady, ready -> ready)) {
      throw new IllegalStateException("the operator did not get ready: see " + LOG);
    }
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Its id. */
  public long process() {
    return process.pid();
  }

  /** How it ended by itself, or will before long. */
  public int exitCode() {
    if (eventually(process::isAlive, alive -> !alive)) {
      throw new IllegalStateException("the operator goes on: see " + LOG);
    }
    return process.exitValue();
  }

  /** What it takes of this machine. */
  public ProcessFigures figures() {
    return new ProcessFigures(process.toHandle());
  }

  /** The one of this checkout, at the same address. */
  public void startAgain() throws IOException {
    List<String> line = command.command();
    line.set(line.size() - 1, jar(TARGET).toString());
    process = command.start();
  }

  @Override
  public void close() {
    kill();
  }

  private static Path jar(Path target) throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files.filter(f -> f.toString().endsWith("-runner.jar")).findFirst().orElseThrow();
    }
  }

  /** A port of this machine's own address that nobody listens on. */
  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
