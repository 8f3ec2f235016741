package training.fusion.local.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The process that a pod's only container is. */
final class PodProcess {
  /** As much of a termination message as the kubelet takes. */
  private static final int MESSAGE_BYTES = 4096;

  private final Process process;
  private final PodFolders folders;
  private final Instant startedAt = Instant.now();

  private PodProcess(Process process, PodFolders folders) {
    this.process = process;
    this.folders = folders;
  }

  /** What is asked of the pod can't be had outside a cluster. */
  static final class NotHere extends Exception {
    private static final long serialVersionUID = 1;

    NotHere(String message) {
      super(message);
    }
  }

  /**
   * Starts it.
   *
   * @param environment variables that the machine adds to the container's
   */
  static PodProcess start(
      Pod pod, PodFolders folders, List<String> command, Map<String, String> environment, Path log)
      throws IOException, NotHere {
    Container container = pod.getSpec().getContainers().get(0);
    if (container.getEnvFrom() != null && !container.getEnvFrom().isEmpty()) {
      throw new NotHere("pod.envFrom: config maps and secrets need a cluster; use pod.env");
    }
    Map<String, String> variables = variables(pod, container, folders);
    List<String> line = new ArrayList<>(command);
    for (String argument : Objects.requireNonNullElse(container.getArgs(), List.<String>of())) {
      line.add(VariableExpansion.of(argument, variables));
    }
    OwnerOnlyFiles.folder(Objects.requireNonNull(log.getParent()));
    var builder =
        new ProcessBuilder(line)
            .directory(folders.own().toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    OwnVariables.keepForTrainer(builder.environment());
    builder.environment().putAll(environment);
    builder.environment().putAll(variables);
    return new PodProcess(builder.start(), folders);
  }

  /** The container's own, in their order: each may refer to those before it. */
  private static Map<String, String> variables(Pod pod, Container container, PodFolders folders)
      throws NotHere {
    Map<String, String> variables = new LinkedHashMap<>();
    for (EnvVar variable : container.getEnv()) {
      if (isKeyOfOurs(variable)) {
        continue;
      }
      if (!PodVariables.isAllowed(variable.getName())) {
        throw new NotHere("pod.env: " + PodVariables.refusal(variable.getName()));
      }
      variables.put(variable.getName(), value(pod, variable, folders, variables));
    }
    return variables;
  }

  private static boolean isKeyOfOurs(EnvVar variable) {
    return variable.getName().startsWith("FUSION_")
        && variable.getValueFrom() != null
        && variable.getValueFrom().getSecretKeyRef() != null;
  }

  private static String value(
      Pod pod, EnvVar variable, PodFolders folders, Map<String, String> before) throws NotHere {
    if (variable.getValueFrom() == null) {
      String text = Objects.requireNonNullElse(variable.getValue(), "");
      return folders.translate(VariableExpansion.of(text, before));
    }
    var field = variable.getValueFrom().getFieldRef();
    return switch (field == null ? "" : field.getFieldPath()) {
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "spec.nodeName" -> pod.getSpec().getNodeName();
      default ->
          throw new NotHere(
              "pod.env %s: its valueFrom needs a cluster; give a value"
                  .formatted(variable.getName()));
    };
  }

  Instant startedAt() {
    return startedAt;
  }

  PodFolders folders() {
    return folders;
  }

  CompletableFuture<Integer> onExit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  long id() {
    return process.pid();
  }

  /**
   * SIGTERM now, SIGKILL after the grace period. Not by {@link Process#destroy}, which closes the
   * process's standard input too: the leash would take that for our death.
   */
  void stop(Duration grace) {
    process.toHandle().destroy();
    process
        .onExit()
        .orTimeout(grace.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            late -> {
              process.destroyForcibly();
              return process;
            });
  }

  /** What the container wrote for its termination message, if it did. */
  @Nullable String terminationMessage() {
    Path file = folders.terminationMessage();
    if (!Files.exists(file)) {
      return null;
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      return new String(bytes, 0, Math.min(bytes.length, MESSAGE_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
