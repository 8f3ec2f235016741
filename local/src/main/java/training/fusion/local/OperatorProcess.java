package training.fusion.local;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import training.fusion.local.api.EmbeddedApi;
import training.fusion.local.node.OwnVariables;

/** The operator as it is shipped, in a process of its own, started again when it ends. */
public final class OperatorProcess implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration STABLE = Duration.ofMinutes(1);
  private static final long STOP_SECONDS = 5;

  /** Read by the operator's Kubernetes client; a command line would show it to everybody. */
  private static final String SECRET = "KUBERNETES_AUTH_TOKEN";

  /** First part of the live page's address: other users of this machine can reach its port. */
  private static final String PAGE_SECRET = "FUSION_OVERVIEW_SECRET";

  private static final int PAGE_SECRET_BYTES = 16;

  private final List<String> command;
  private final String secret;
  private final int pagePort = freePort();
  private final String pageSecret = random();
  private final Path log;
  private final Consumer<String> voice;
  private final Thread supervisor = new Thread(this::supervise, "operator-supervisor");
  private volatile @Nullable Process process;
  private volatile boolean closed;

  /**
   * Starts it.
   *
   * @param api what it serves
   * @param log file for its output
   * @param voice takes a sentence for a person
   */
  public OperatorProcess(
      Installation installation, EmbeddedApi api, Path log, Consumer<String> voice)
      throws IOException {
    String port = String.valueOf(freePort());
    this.log = log;
    this.secret = api.secret();
    this.voice = voice;
    command =
        installation.operator(
            List.of(
                "-Dkubernetes.master=" + api.url(),
                "-Dkubernetes.namespace=default",
                "-Dkubernetes.auth.tryKubeConfig=false",
                "-Dkubernetes.auth.tryServiceAccount=false",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dfusion.trainer.image=local",
                "-Dfusion.progress.minimum-interval=1s",
                "-Dfusion.overview.port=" + pagePort,
                "-Dfusion.progress.address=http://127.0.0.1:" + port + "/v1/progress"));
    Files.createDirectories(log.toAbsolutePath().getParent());
    supervisor.setDaemon(true);
    supervisor.start();
  }

  /** The process now, if one is running. */
  public @Nullable ProcessHandle handle() {
    Process current = process;
    return current == null || !current.isAlive() ? null : current.toHandle();
  }

  /** The page that shows all trainings and sweeps while they go on. */
  public URI page() {
    return URI.create("http://127.0.0.1:%d/%s/".formatted(pagePort, pageSecret));
  }

  private static String random() {
    byte[] bytes = new byte[PAGE_SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private void supervise() {
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      Instant start = Instant.now();
      try {
        String end = runOnce();
        boolean stable = Duration.between(start, Instant.now()).compareTo(STABLE) > 0;
        pause = stable ? FIRST_PAUSE : pause;
        Thread.sleep(pause.toMillis());
        if (!closed) {
          voice.accept("the operator %s and is started again (its log: %s)".formatted(end, log));
        }
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** From its start to its end, which it tells in words. */
  private String runOnce() throws InterruptedException {
    try {
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()));
      // a person's KUBECONFIG, QUARKUS_… or HTTP_PROXY is not meant for it: the secret would go
      // there
      OwnVariables.keep(builder.environment());
      builder.environment().put(SECRET, secret);
      builder.environment().put(PAGE_SECRET, pageSecret);
      Process started = builder.start();
      process = started;
      if (closed) {
        started.destroy();
      }
      return "ended with exit code " + started.waitFor();
    } catch (IOException e) {
      return "could not be started: " + e.getMessage();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** From now on it is not started again: Ctrl-C reaches it too. */
  void leaveEnded() {
    closed = true;
  }

  @Override
  public void close() {
    closed = true;
    Process current = process;
    if (current != null) {
      current.destroy();
      try {
        if (!current.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          current.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        current.destroyForcibly();
      }
    }
    supervisor.interrupt();
  }
}
