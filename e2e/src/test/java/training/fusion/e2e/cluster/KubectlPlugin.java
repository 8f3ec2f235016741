package training.fusion.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import training.fusion.e2e.cluster.ControlPlane.Output;

/** {@code kubectl fusion}, in one namespace. */
public record KubectlPlugin(ControlPlane controlPlane, String namespace) {
  /** Where the plugin lies, and what belongs to it. */
  public static final Path FOLDER = ControlPlane.MODULE.resolveSibling("deploy/kubectl");

  /** As a person gives it: kubectl finds it on the PATH. */
  public static final String BY_KUBECTL = "kubectl";

  /**
   * Starts it.
   *
   * @param shell that is to run it; or {@link #BY_KUBECTL}
   * @param folder where it is started
   */
  public Process started(String shell, Path folder, String... arguments) throws IOException {
    String programs = Kubectl.succeeded(ControlPlane.script(null, "path")).strip();
    List<String> line = new ArrayList<>();
    if (shell.equals(BY_KUBECTL)) {
      line.addAll(List.of(Path.of(programs, "kubectl").toString(), "fusion"));
    } else {
      line.addAll(List.of(shell.split(" ", -1)));
      line.add(FOLDER.resolve("kubectl-fusion").toString());
    }
    line.addAll(List.of(arguments));
    line.add("--namespace=" + namespace);
    var builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("PATH", FOLDER + ":" + programs + ":" + System.getenv("PATH"));
    builder.environment().put("KUBECONFIG", controlPlane.kubeconfig().toString());
    return builder.start();
  }

  /** How it ended, and all that it said. */
  public static Output ended(Process process) throws IOException, InterruptedException {
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Output(process.waitFor(), text);
  }
}
