package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.validation.FieldAssignment;
import training.fusion.local.RequestedResources.Request;
import training.fusion.local.node.Claims;

@DisplayName("The trainings that files ask for")
class RequestedResourcesTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  Path folder;

  private final List<String> said = new ArrayList<>();
  private int gpus;

  @ParameterizedTest(name = "{0} → {1}")
  @DisplayName("A mistake is one sentence that names file and field")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type: SGD      | type: SGDD        | spec.optimization.fusion.highLevel.optimizer.type
          lastBlock: 5   | lastBlock: 9      | lastBlock
          epochs: 2      | epoks: 2          | epoks
          batchSize: 16  | batchSize: 1      | batchSize
          epochs: 2      | epochs: two       | spec.training.epochs
          optimization:  | optimisation:     | optimisation
          """)
  void mistakes(String right, String wrong, String named) throws IOException {
    Path file = write("wrong.yaml", SampleTraining.yaml("wrong", 2).replace(right, wrong));
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(file + ":")
        .hasMessageContaining(named);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("What only a container holds back is refused by its field before anything starts")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          env: [{name: OMP_NUM_THREADS, value: "2"}, {name: LD_PRELOAD, value: ./x.so}] | spec.pod.env[1].name: LD_PRELOAD can't be set by a file here
          env: [{name: JAVA_TOOL_OPTIONS, value: "-Dx=y"}]                              | spec.pod.env[0].name: JAVA_TOOL_OPTIONS can't be set by a file here
          env: [{name: TZ, valueFrom: {secretKeyRef: {name: a, key: b}}}]               | spec.pod.env[0].valueFrom: secrets and the like need a cluster
          envFrom: [{configMapRef: {name: all}}]                                        | spec.pod.envFrom: config maps and secrets need a cluster
          volumes: [{name: a, persistentVolumeClaim: {claimName: ../../../etc}}]        | spec.pod.volumes[0].persistentVolumeClaim.claimName: ../../../etc is no claim's name
          volumes: [{name: a, persistentVolumeClaim: {claimName: /etc}}]                | --volume CLAIM=PATH alone
          """)
  void container(String asked, String said) throws IOException {
    Path file =
        write(
            "wall.yaml",
            SampleTraining.yaml("wall", 2)
                .replace("    gpu: {count: 0}", "    gpu: {count: 0}\n    " + asked));
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(file + ":")
        .hasMessageContaining(said);
  }

  @ParameterizedTest(name = "{1}")
  @DisplayName(
      "What this machine has not is refused with file, line and field, before anything starts")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          claimName: sample-data}   | claimName: sample-dat}                           | 10 | spec.dataset.source.persistentVolumeClaim.claimName: claim sample-dat has no folder on this machine
          claimName: sample-data}   | claimName: sample-data, path: nowhere}           | 10 | spec.dataset.source.persistentVolumeClaim.path: claim sample-data: there is no
          claimName: sample-data}   | claimName: ../x}                                 | 10 | spec.dataset.source.persistentVolumeClaim.claimName
          gpu: {count: 0}           | gpu: {count: 1}                                  | 0  | spec.pod.gpu.count: this machine has no nvidia.com/gpu for trainings; pod.gpu.count: 0
          gpu: {count: 0}           | gpu: {count: 1, resourceName: amd.com/gpu}       | 0  | spec.pod.gpu.count: this machine has no amd.com/gpu
          gpu: {count: 0}           | gpu: {resourceClaimTemplateName: one}            | 0  | spec.pod.gpu.resourceClaimTemplateName: resource claims need a cluster
          gpu: {count: 0}           | gpu: {count: 0}, volumes: [{name: a, secret: {secretName: b}}]     | 0 | spec.pod.volumes[0].secret: a volume of that kind needs a cluster
          gpu: {count: 0}           | gpu: {count: 0}, volumes: [{name: a, persistentVolumeClaim: {claimName: sample-dat}}], volumeMounts: [{name: a, mountPath: /a, readOnly: true}] | 0 | spec.pod.volumes[0].persistentVolumeClaim.claimName: claim sample-dat has no folder
          persistentVolumeClaim: {claimName: sample-data} | image: {reference: a, path: b}             | 10 | spec.dataset.source.image: files from an image need a cluster
          """)
  void missingHere(String right, String wrong, int line, String said) throws IOException {
    String yaml = SampleTraining.yaml("lacks", 2);
    assertThat(yaml).contains(right);
    Path file = write("lacks.yaml", replaced(yaml, right, wrong));
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageMatching(
            "(?s)\\Q%s\\E:%s:\\d+: .*".formatted(file, line == 0 ? "\\d+" : "" + line))
        .hasMessageContaining(said);
    assertThat(folder.resolve("output/volumes")).as("nothing is made").doesNotExist();
  }

  /** Of several fields each stands on a line of its own. */
  private static String replaced(String yaml, String right, String wrong) {
    return yaml.replace(right, wrong.replaceAll(", (volumes|volumeMounts): ", "\n    $1: "));
  }

  @Test
  @DisplayName("A sweep's data sets, template and arms are judged as a training's")
  void missingForSweep() throws IOException {
    String sweep = Files.readString(Path.of("..", "examples", "10-sweep.yaml"));
    Path file =
        write(
            "sweep.yaml",
            sweep
                .replace("gpu: {count: 0}", "gpu: {count: 1}")
                .replace("claimName: fashion-mnist", "claimName: fashion-mnis"));
    assertThatThrownBy(() -> read(file))
        .hasMessageContaining("spec.template.pod.gpu.count: this machine has no nvidia.com/gpu")
        .hasMessageContaining(
            "spec.matrix.datasets[0].source.persistentVolumeClaim.claimName: claim");
  }

  @Test
  @DisplayName("A --volume that no file asks for is refused, with the claims that they ask for")
  void unusedVolume() throws IOException {
    Path file = write("a.yaml", SampleTraining.yaml("here", 2));
    MissingHere missing = missing(Map.of(SampleTraining.DATA, folder, "sample-dat", folder));
    try (OutputFolder output = OutputFolder.open(folder.resolve("output"))) {
      assertThatThrownBy(
              () -> RequestedResources.read(List.of(file), List.of(), output, missing, said -> {}))
          .isInstanceOf(BadInput.class)
          .hasMessage(
              "--volume sample-dat=%s: no file asks for a claim of that name; they ask for"
                  + " sample-checkpoints, sample-data",
              folder);
    }
  }

  @Test
  @DisplayName("What is refused leaves the output folder as it was, or none")
  void nothingIsLeft() throws IOException {
    Path output = folder.resolve("deep/output");
    OutputFolder made = OutputFolder.open(output);
    made.leave();
    made.close();
    assertThat(folder.resolve("deep")).doesNotExist();
    Files.createDirectories(output);
    Files.writeString(output.resolve("mine.txt"), "mine");
    OutputFolder found = OutputFolder.open(output);
    found.leave();
    found.close();
    try (var files = Files.list(output)) {
      assertThat(files).containsExactly(output.resolve("mine.txt"));
    }
  }

  @Test
  @DisplayName("A sweep's pods are judged as a training's, in its template and its arms")
  void sweepPods() throws IOException {
    String sweep = Files.readString(Path.of("..", "examples", "10-sweep.yaml"));
    Path file =
        write(
            "sweep.yaml",
            sweep.replace(
                "gpu: {count: 0}", "gpu: {count: 0}\n      env: [{name: BASH_ENV, value: x}]"));
    assertThatThrownBy(() -> read(file))
        .hasMessageContaining("spec.template.pod.env[0].name: BASH_ENV can't be set");
  }

  @Test
  @DisplayName("What a run keeps of a resource, which may hold keys, only its owner may read")
  void owner() throws IOException {
    var resource = read(write("a.yaml", SampleTraining.yaml("kept", 2))).get(0).resource();
    try (OutputFolder output = OutputFolder.open(folder.resolve("output"))) {
      output.store(resource);
      output.store(resource);
      assertThat(Files.getPosixFilePermissions(folder.resolve("output/kept.json")))
          .containsExactlyInAnyOrder(
              PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }
  }

  @Test
  @DisplayName("A file that isn't there, or holds nothing, is said to be so")
  void nothing() throws IOException {
    assertThatThrownBy(() -> read(folder.resolve("absent.yaml")))
        .hasMessageEndingWith("no such file");
    Path empty = write("empty.yaml", "# nothing\n");
    assertThatThrownBy(() -> read(empty)).hasMessageContaining("no resource in it");
  }

  @Test
  @DisplayName(
      "What an earlier run left keeps its uid; once it has saved its spec needs a new runId to"
          + " change")
  void known() throws IOException {
    var earlier = read(write("a.yaml", SampleTraining.yaml("kept", 2))).get(0).resource();
    earlier.getMetadata().setUid("uid-1");
    earlier.getMetadata().setGeneration(1L);
    begun((FusionTraining) earlier);
    try (OutputFolder output = OutputFolder.open(folder.resolve("output"))) {
      output.store(earlier);
    }
    Path changed = write("b.yaml", SampleTraining.yaml("kept", 3));
    assertThat(read(changed).get(0).resource().getMetadata().getGeneration())
        .as("nothing was saved, so nothing is held")
        .isEqualTo(2);
    Path run = folder.resolve("output/volumes/sample-checkpoints/k3y");
    Files.createDirectories(run.resolve("checkpoint-0-3"));
    Request same = read(folder.resolve("a.yaml")).get(0);
    assertThat(same.known()).isTrue();
    assertThat(same.resource().getMetadata().getUid()).isEqualTo("uid-1");
    assertThat(same.resource().getMetadata().getGeneration()).isEqualTo(1);
    assertThatThrownBy(() -> read(changed)).hasMessageContaining("runId");
    Path anew =
        write("c.yaml", SampleTraining.yaml("kept", 3).replace("spec:\n", "spec:\n  runId: two\n"));
    Request another = read(anew).get(0);
    assertThat(another.resource().getMetadata().getUid()).isEqualTo("uid-1");
    assertThat(another.resource().getMetadata().getGeneration()).isEqualTo(2);
  }

  /** As the operator has noted it before the launcher was stopped. */
  private static void begun(FusionTraining training) {
    training.setStatus(
        Serialization.unmarshal(
            """
            begun: true
            runKey: k3y
            runId: ''
            observedGeneration: 1
            state: Running
            """,
            FusionTrainingStatus.class));
  }

  @Test
  @DisplayName("A run that was completed with the former default of imageSize goes on without one")
  void formerDefault() throws IOException {
    String without = SampleTraining.yaml("sized", 2).replace("imageSize: 32, ", "");
    for (int size : new int[] {244, 32}) {
      String with = without.replace("batchSize: 16,", "batchSize: 16, imageSize: " + size + ",");
      var earlier = read(write("with.yaml", with)).get(0).resource();
      earlier.getMetadata().setUid("uid-1");
      earlier.getMetadata().setGeneration(1L);
      begun((FusionTraining) earlier);
      Files.createDirectories(
          folder.resolve("output/volumes/sample-checkpoints/k3y/checkpoint-0-3"));
      try (OutputFolder output = OutputFolder.open(folder.resolve("output"))) {
        output.store(earlier);
      }
      Path file = write("without.yaml", without);
      if (size == 244) {
        assertThat(read(file).get(0).resource().getMetadata().getGeneration()).isEqualTo(1);
      } else {
        assertThatThrownBy(() -> read(file)).hasMessageContaining("runId");
      }
      Files.delete(folder.resolve("output/sized.json"));
    }
  }

  @Test
  @DisplayName("Claims and Jobs that a cluster needs are left out, in one sentence")
  void forClusters() throws IOException {
    Path data = Path.of("..", "examples", "00-data.yaml");
    Path training = write("a.yaml", SampleTraining.yaml("here", 2));
    List<String> said = new ArrayList<>();
    try (OutputFolder output = OutputFolder.open(folder.resolve("output"))) {
      assertThat(
              RequestedResources.read(
                  List.of(data, training), List.of(), output, missing(), said::add))
          .hasSize(1);
      assertThat(said)
          .singleElement()
          .asString()
          .startsWith(data + ": Job and PersistentVolumeClaim left out")
          .contains("--volume");
      assertThatThrownBy(
              () -> RequestedResources.read(List.of(data), List.of(), output, missing(), said::add))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("no resource in it");
    }
  }

  @Test
  @DisplayName("A field that the command line sets is the resource's, and so what is stored")
  void set() throws IOException {
    Path file = write("a.yaml", SampleTraining.yaml("set", 2));
    Request request = read(file, "training.epochs=7", "runId=second").get(0);
    FusionTraining training = (FusionTraining) request.resource();
    assertThat(training.getSpec().training().epochs()).isEqualTo(7);
    assertThat(training.getSpec().runId()).isEqualTo("second");
    assertThatThrownBy(() -> read(file, "training.epochs=many"))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(
            "--set training.epochs=many: spec.training.epochs: must be a whole number");
    assertThatThrownBy(() -> read(file, "training.epoch=3"))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "--set training.epoch=3: spec.training.epoch: unknown field; did you mean epochs?");
  }

  @Test
  @DisplayName("What computes is a GPU if there is one, said once, and stays so within a run")
  void gpu() throws IOException {
    String open = SampleTraining.yaml("open", 2).replaceAll(" *gpu: \\{count: 0}\n", "");
    Path file = write("a.yaml", open.replaceAll("(?m)^ *pod:.*\n", ""));
    gpus = 1;
    FusionTraining begun = (FusionTraining) read(file).get(0).resource();
    assertThat(count(begun)).isEqualTo(1);
    assertThat(said).containsExactly("open: pod.gpu.count is not set: the GPU computes");
    try (OutputFolder output = OutputFolder.open(folder.resolve("output"))) {
      begun.getMetadata().setUid("u");
      begun.getMetadata().setGeneration(1L);
      output.store(begun);
    }
    gpus = 0;
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("spec.pod.gpu.count is absent, and its run began with a GPU: ")
        .hasMessageContaining("this machine has no nvidia.com/gpu");
    assertThat(count(read(file, "runId=second").get(0).resource())).isZero();
    assertThat(said).hasSize(2).last().asString().contains("the CPU computes");
  }

  private static int count(CustomResource<?, ?> resource) {
    JsonNode json = Serialization.jsonMapper().valueToTree(resource);
    return json.at("/spec/pod/gpu/count").asInt(-1);
  }

  @Test
  @DisplayName("Two launchers can't use one output folder")
  void lock() {
    try (OutputFolder first = OutputFolder.open(folder.resolve("output"))) {
      assertThat(first.folder()).exists();
      assertThatThrownBy(() -> OutputFolder.open(folder.resolve("output")))
          .hasMessageContaining("in use by another ./fusion run");
    }
  }

  private List<Request> read(Path file, String... settings) {
    try (OutputFolder output = OutputFolder.open(folder.resolve("output"))) {
      List<FieldAssignment> assignments = Stream.of(settings).map(FieldAssignment::parse).toList();
      return RequestedResources.read(List.of(file), assignments, output, missing(), said::add);
    }
  }

  private MissingHere missing() {
    return missing(Map.of(SampleTraining.DATA, folder));
  }

  private MissingHere missing(Map<String, Path> volumes) {
    return new MissingHere(
        new Claims(volumes, Path.of("..", "examples", "data"), folder.resolve("output/volumes")),
        () -> gpus);
  }

  private Path write(String name, String yaml) throws IOException {
    return Files.writeString(folder.resolve(name), yaml);
  }
}
