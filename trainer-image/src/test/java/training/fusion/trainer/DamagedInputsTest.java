package training.fusion.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Pretrained;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.cli.FusionTrainer;
import training.fusion.trainer.data.IdxFiles;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.SafetensorsWriter;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;
import training.fusion.trainer.train.StopSignal;

/**
 * Files cut short or with flipped bits: each is refused in a sentence that names it, or its damage
 * is of a kind that its format can't tell, which is then proven. A campaign: {@code mvn test -pl
 * trainer-image -am -Dtest=DamagedInputsTest -Dcampaign.rounds=200 -Dcampaign.seed=1}; a line is
 * printed for each kind.
 */
class DamagedInputsTest {
  private static final int ROUNDS = Integer.getInteger("campaign.rounds", 18);
  private static final long SEED = Long.getLong("campaign.seed", 1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: small}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: IDX
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
        optimization:
          fusion:
            lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 1e-3}}
            highLevel: {optimizer: {type: SGD, learningRate: 2e-2, momentum: 0.9}}
        training: {epochs: 2, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  private final Random random = new Random(SEED);
  private final Map<String, Map<Outcome, Integer>> counted = new TreeMap<>();

  private enum Outcome {
    REFUSED,
    PASSED_OVER,
    /** The content is what it was. */
    HARMLESS,
    /** Another valid content: no format without a checksum can tell. */
    INDISTINGUISHABLE
  }

  private interface Kind {
    Outcome damage() throws IOException;
  }

  @BeforeEach
  void files() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    byte[] images = new byte[60 * 8 * 8];
    new Random(0).nextBytes(images);
    Files.write(data.resolve("t10k-images-idx3-ubyte"), IdxFiles.bytes(0x0803, images, 60, 8, 8));
    Files.write(data.resolve("t10k-labels-idx1-ubyte"), IdxFiles.cyclicLabels(60, 3));
    Files.writeString(folder.resolve("training.yaml"), TRAINING);
  }

  @Test
  void damageIsRefusedByNameOrCanNotBeTold() throws IOException {
    Map<String, Kind> kinds =
        Map.of(
            "IDX images",
            () -> idx("t10k-images-idx3-ubyte", 16, false),
            "IDX labels",
            () -> idx("t10k-labels-idx1-ubyte", 8, false),
            "IDX images, gzip",
            () -> idx("t10k-images-idx3-ubyte", 16, true),
            "configuration",
            this::configuration,
            "safetensors",
            this::safetensors,
            "checkpoint",
            this::checkpoint);
    List<String> names = kinds.keySet().stream().sorted().toList();
    for (int round = 0; round < ROUNDS; round++) {
      String name = names.get(round % names.size());
      Outcome outcome =
          Assertions.assertTimeoutPreemptively(
              LONGEST, () -> java.util.Objects.requireNonNull(kinds.get(name)).damage(), name);
      counted.computeIfAbsent(name, key -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
    }
    counted.forEach((name, outcomes) -> System.out.println(name + ": " + outcomes));
    assertThat(counted).hasSize(names.size());
  }

  private Outcome idx(String name, int header, boolean gzip) throws IOException {
    Path plain = folder.resolve("data").resolve(name);
    byte[] before = Files.readAllBytes(plain);
    Path file = gzip ? plain.resolveSibling(name + ".gz") : plain;
    Damage damage = Damage.of(gzip ? IdxFiles.gzip(before) : before, random);
    if (gzip) {
      Files.delete(plain);
    }
    Files.write(file, damage.bytes());
    try {
      String said = dryRun();
      if (!said.isEmpty()) {
        assertThat(said).as(damage.toString()).contains(name);
        return Outcome.REFUSED;
      }
      if (gzip) {
        assertThat(unzipped(damage.bytes())).as(damage.toString()).isEqualTo(before);
        return Outcome.HARMLESS;
      }
      // every value is a pixel or a label
      assertThat(damage.firstByte()).as(damage.toString()).isGreaterThanOrEqualTo(header);
      assertThat(damage.bytes()).hasSameSizeAs(before);
      return Outcome.INDISTINGUISHABLE;
    } finally {
      Files.delete(file);
      Files.write(plain, before);
    }
  }

  private static byte[] unzipped(byte[] bytes) throws IOException {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return gzip.readAllBytes();
    }
  }

  private Outcome configuration() throws IOException {
    Path file = folder.resolve("training.yaml");
    String before = Files.readString(file);
    String plan = printed();
    Damage damage = Damage.of(Files.readAllBytes(file), random);
    Files.write(file, damage.bytes());
    try {
      String said = dryRun();
      if (said.isEmpty()) {
        return printed().equals(plan) ? Outcome.HARMLESS : Outcome.INDISTINGUISHABLE;
      }
      assertThat(said).as(damage.toString()).contains("training.yaml");
      return Outcome.REFUSED;
    } finally {
      Files.writeString(file, before);
    }
  }

  private Outcome safetensors() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Files.deleteIfExists(file);
    SafetensorsWriter.write(file, new TreeMap<>(Map.of("classes", "10")), tensors(random));
    List<String> before = contents(file);
    Damage damage = Damage.of(Files.readAllBytes(file), random);
    Files.write(file, damage.bytes());
    try {
      return contents(file).equals(before) ? Outcome.HARMLESS : Outcome.INDISTINGUISHABLE;
    } catch (IOException e) {
      assertThat(e).as(damage.toString()).hasMessageContaining("weights.safetensors");
      return Outcome.REFUSED;
    }
  }

  private static List<String> contents(Path path) throws IOException {
    List<String> contents = new ArrayList<>();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      contents.add(file.metadata().toString());
      for (TensorHeader tensor : file.tensors()) {
        ByteBuffer values = file.values(tensor.name());
        byte[] bytes = new byte[values.remaining()];
        values.get(bytes);
        contents.add(tensor + Arrays.toString(bytes));
      }
    }
    return contents;
  }

  private Outcome checkpoint() throws IOException {
    Path run = Files.createTempDirectory(folder, "run");
    var store = new CheckpointStore(run, "run", new CheckpointStore.Machine("cpu", 1), 2);
    RunState state = RunState.initial().stepped(1, 1, 8, new RunState.Lap(1, 0));
    store.save(state, Pretrained.Variant.TORCHVISION, tensors(random), tensors(random));
    Path older = run.resolve("checkpoint-0-1");
    Path newer =
        store
            .save(
                state.stepped(1, 1, 8, new RunState.Lap(1, 0)),
                Pretrained.Variant.TORCHVISION,
                tensors(random),
                tensors(random))
            .folder();
    List<Path> files;
    try (var list = Files.list(newer)) {
      files = list.sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    Damage damage = Damage.of(Files.readAllBytes(file), random);
    Files.write(file, damage.bytes());
    List<String> said = new ArrayList<>();
    Path found = store.newest(said::add).orElseThrow().folder();
    assertThat(found).as(file + " " + damage).isEqualTo(older);
    assertThat(said).singleElement().asString().contains("checkpoint-0-2 is damaged");
    return Outcome.PASSED_OVER;
  }

  private static List<TensorSource> tensors(Random random) {
    byte[] values = new byte[4 * 24];
    random.nextBytes(values);
    return List.of(
        new TensorSource(
            new TensorHeader("features.0.weight", ElementType.F32, List.of(2L, 3L, 4L)),
            () -> ByteBuffer.wrap(values)),
        new TensorSource(
            new TensorHeader("features.0.count", ElementType.I64, List.of()),
            () -> ByteBuffer.allocate(8)));
  }

  /** What it refuses with, or nothing. */
  private String dryRun() {
    return run(new StringWriter());
  }

  private String printed() {
    var out = new StringWriter();
    run(out);
    return out.toString();
  }

  private String run(StringWriter out) {
    var errors = new StringWriter();
    int code =
        FusionTrainer.commandLine(new StopSignal())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(errors))
            .execute(
                "dry-run",
                folder.resolve("training.yaml").toString(),
                "--data=" + folder.resolve("data"));
    String said = errors.toString().strip();
    assertThat(code).as(said).isIn(0, 64);
    assertThat(said.isEmpty()).isEqualTo(code == 0);
    assertThat(said).doesNotContain("\n");
    return said;
  }
}
