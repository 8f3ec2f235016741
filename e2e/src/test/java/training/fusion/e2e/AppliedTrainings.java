package training.fusion.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.ControlPlane.Output;

/**
 * The trainings of a namespace, each the quickstart under a name that says how its simulated
 * trainer ends ({@code e2e/stages/pod.yaml}).
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
record AppliedTrainings(ControlPlane controlPlane, String namespace) {
  private static final Path QUICKSTART =
      ControlPlane.MODULE.resolveSibling("examples/01-quickstart.yaml");
  private static final String OWNER = "fusion.training/training-uid";

  /** Claims for data and checkpoints, so that their pods can be scheduled. */
  AppliedTrainings withVolumes() {
    Volumes.bind(controlPlane, namespace, "fashion-mnist");
    Volumes.bind(controlPlane, namespace, "checkpoints");
    return this;
  }

  /** The YAML of a training. */
  static String yaml(String name) {
    try {
      return Files.readString(QUICKSTART).replace("name: quickstart", "name: " + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void apply(String name) {
    succeeds(controlPlane.kubectl(yaml(name), "apply", "-f", "-", "--namespace=" + namespace));
  }

  /** Changes the spec. */
  void patch(String name, String spec) {
    kubectl("patch", "ft", name, "--type=merge", "--patch=spec: " + spec);
  }

  /** What kubectl says in this namespace; it must not fail. */
  String kubectl(String... arguments) {
    return succeeds(tryKubectl(arguments));
  }

  /** What kubectl says in this namespace. */
  Output tryKubectl(String... arguments) {
    String[] all = new String[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--namespace=" + namespace;
    return controlPlane.kubectl(null, all);
  }

  static String succeeds(Output output) {
    assertThat(output.exitCode()).as(output.text()).isZero();
    return output.text();
  }

  FusionTraining get(String name) {
    return resource(name).get();
  }

  Resource<FusionTraining> resource(String name) {
    return controlPlane
        .client()
        .resources(FusionTraining.class)
        .inNamespace(namespace)
        .withName(name);
  }

  /** The training once it is in this state; an assertion fails when it does not come there. */
  FusionTraining reaches(State state, String name) {
    FusionTraining last =
        eventually(
            () -> get(name), seen -> seen.getStatus() != null && seen.getStatus().state() == state);
    assertThat(last.getStatus().state()).as("%s: %s", name, last.getStatus()).isEqualTo(state);
    return last;
  }

  List<Job> jobs(String name) {
    return controlPlane
        .client()
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .withLabel(OWNER, get(name).getMetadata().getUid())
        .list()
        .getItems();
  }

  List<Pod> pods(String name) {
    return controlPlane
        .client()
        .pods()
        .inNamespace(namespace)
        .withLabel(OWNER, get(name).getMetadata().getUid())
        .list()
        .getItems();
  }

  /** The training's one pod, once it runs. */
  Pod runningPod(String name) {
    reaches(State.RUNNING, name);
    List<Pod> pods = pods(name);
    assertThat(pods).hasSize(1);
    return pods.get(0);
  }

  /** Makes a running trainer end. */
  void end(Pod pod, int exitCode) {
    kubectl(
        "annotate",
        "pod/" + pod.getMetadata().getName(),
        "simulation.fusion.training/exit-code=" + exitCode);
  }
}
