package training.fusion.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.trainer.data.Digests.DATASET;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Pretrained;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.WeightsConvention;
import training.fusion.trainer.cli.FusionTrainer;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.picture.PictureDecoder;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.SafetensorsWriter;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;
import training.fusion.trainer.weights.WeightsFiles;

/**
 * Files cut short or with flipped bits: each is refused in a sentence that names it, or its damage
 * is of a kind that its format can't tell, which is then proven. A campaign: {@code mvn test -pl
 * trainer-image -am -Dtest=DamagedInputsTest -Dcampaign.rounds=200 -Dcampaign.seed=1}; a line is
 * printed for each kind.
 */
@Tag("libtorch")
class DamagedInputsTest {
  private static final int ROUNDS = Integer.getInteger("campaign.rounds", 12);
  private static final long SEED = Long.getLong("campaign.seed", 1);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

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
    Outcome damage() throws Exception;
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
    Map<String, Kind> kinds = new TreeMap<>();
    kinds.put("IDX images", () -> idx("t10k-images-idx3-ubyte", 16, false));
    kinds.put("IDX labels", () -> idx("t10k-labels-idx1-ubyte", 8, false));
    kinds.put("IDX images, gzip", () -> idx("t10k-images-idx3-ubyte", 16, true));
    kinds.put("CIFAR-10", this::cifar10);
    kinds.put("JPEG", () -> picture("000-jpeg-420.jpg", "Fail"));
    kinds.put("JPEG, Skip", () -> picture("003-jpeg-progressive.jpg", "Skip"));
    kinds.put("PNG", () -> picture("011-png-rgb.png", "Fail"));
    kinds.put("PNG, Skip", () -> picture("015-png-palette.png", "Skip"));
    kinds.put("pth", this::pth);
    kinds.put("configuration", this::configuration);
    kinds.put("safetensors", this::safetensors);
    kinds.put("checkpoint", this::checkpoint);
    List<String> names = List.copyOf(kinds.keySet());
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

  /** A record is a label of 0 to 9, then pixels. */
  private Outcome cifar10() throws IOException {
    Path data = Files.createTempDirectory(folder, "cifar");
    byte[] before = new byte[10 * CIFAR_RECORD];
    random.nextBytes(before);
    for (int image = 0; image < 10; image++) {
      before[image * CIFAR_RECORD] = (byte) image;
    }
    for (int i = 1; i <= 5; i++) {
      Files.write(data.resolve("data_batch_%d.bin".formatted(i)), before);
    }
    Damage damage = Damage.of(before, random);
    Files.write(data.resolve("data_batch_3.bin"), damage.bytes());
    String said = dryRun(TRAINING.replace("format: IDX", "format: CIFAR10"), data);
    if (!said.isEmpty()) {
      assertThat(said).as(damage.toString()).contains("data_batch_3.bin");
      return Outcome.REFUSED;
    }
    // every value is a pixel or another label
    assertThat(damage.bytes().length % CIFAR_RECORD).as(damage.toString()).isZero();
    for (int at = 0; at < damage.bytes().length; at += CIFAR_RECORD) {
      assertThat(damage.bytes()[at]).as(damage.toString()).isBetween((byte) 0, (byte) 9);
    }
    return Outcome.INDISTINGUISHABLE;
  }

  /** A picture among others is damaged, and trained on. */
  private Outcome picture(String name, String onError) throws IOException {
    Path data = Files.createTempDirectory(folder, "pictures");
    for (String part : List.of("train/a", "train/b", "test/a", "test/b")) {
      PictureCopies.write(data.resolve(part), part.startsWith("train") ? 10 : 3);
    }
    Path file = data.resolve("train/b").resolve("damaged-" + name);
    byte[] whole = Files.readAllBytes(PictureCopies.FOLDER.resolve(name));
    Damage damage = Damage.of(whole, random);
    Files.write(file, damage.bytes());
    Path out = data.resolve("out");
    String training =
        TRAINING
            .replace("format: IDX", "format: ImageFolder\n    onError: " + onError)
            .replace("validation: 0.1, test: 0.1", "validation: 0")
            .replace("learningRate: 1e-3", "learningRate: 1e-6")
            .replace("learningRate: 2e-2", "learningRate: 1e-6")
            .replace("epochs: 2", "epochs: 1");
    Path yaml = Files.writeString(data.resolve("training.yaml"), training);
    Logged ended =
        Logged.during(
            () ->
                execute(
                    new StringWriter(),
                    new StringWriter(),
                    yaml,
                    "train",
                    "--data=" + data,
                    "--output=" + out));
    int code = ended.code();
    if (code == 0
        && new ObjectMapper()
                .readTree(out.resolve("result.json").toFile())
                .path("skippedPictures")
                .asInt()
            == 1) {
      assertThat(onError).isEqualTo("Skip");
      assertThat(out.resolve("skipped.json")).content().contains("train/b/damaged-" + name);
      return Outcome.PASSED_OVER;
    }
    if (code != 0) {
      assertThat(onError).as(damage.toString()).isEqualTo("Fail");
      assertThat(code).isEqualTo(64);
      assertThat(ended.errors())
          .as(damage.toString())
          .contains("train/b/damaged-" + name + " cannot be read");
      return Outcome.REFUSED;
    }
    if (PictureDecoder.decode(damage.bytes()).equals(PictureDecoder.decode(whole))) {
      return Outcome.HARMLESS;
    }
    assertThat(name).as("PNG has check sums, but: %s", damage).endsWith(".jpg");
    return Outcome.INDISTINGUISHABLE;
  }

  private Outcome pth() throws Exception {
    Path whole = WeightsFiles.fixture("tensors.pth");
    Damage damage = Damage.of(Files.readAllBytes(whole), random);
    Path file = Files.write(folder.resolve("damaged.pth"), damage.bytes());
    try {
      assertThat(WeightsFiles.values(file))
          .as(damage.toString())
          .isEqualTo(WeightsFiles.values(whole));
      return Outcome.HARMLESS;
    } catch (TrainingFailure e) {
      assertThat(e).as(damage.toString()).hasMessageContaining("damaged.pth");
      return Outcome.REFUSED;
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
      assertThat(said.lines()).as(damage.toString()).allMatch(l -> l.contains("training.yaml"));
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
    store.save(
        state,
        new WeightsConvention(Pretrained.Variant.TORCHVISION, null, null),
        DATASET,
        tensors(random),
        tensors(random));
    Path older = run.resolve("checkpoint-0-1");
    Path newer =
        store
            .save(
                state.stepped(1, 1, 8, new RunState.Lap(1, 0)),
                new WeightsConvention(Pretrained.Variant.TORCHVISION, null, null),
                DATASET,
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
    return dryRun(new StringWriter());
  }

  private String printed() {
    var out = new StringWriter();
    dryRun(out);
    return out.toString();
  }

  private String dryRun(StringWriter out) {
    return run(out, folder.resolve("training.yaml"), "dry-run", "--data=" + folder.resolve("data"));
  }

  private String dryRun(String yaml, Path data) throws IOException {
    return run(new StringWriter(), yaml, "dry-run", "--data=" + data);
  }

  private String run(StringWriter out, String yaml, String command, String... options)
      throws IOException {
    return run(out, Files.writeString(folder.resolve("other.yaml"), yaml), command, options);
  }

  private static String run(StringWriter out, Path yaml, String command, String... options) {
    var errors = new StringWriter();
    int code = execute(out, errors, yaml, command, options);
    String said = errors.toString().strip();
    assertThat(code).as(said).isIn(0, 64);
    assertThat(said.isEmpty()).isEqualTo(code == 0);
    assertThat(said).doesNotContain("\tat ");
    return said;
  }

  private static int execute(
      StringWriter out, StringWriter errors, Path yaml, String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command, yaml.toString()));
    arguments.addAll(List.of(options));
    return FusionTrainer.commandLine(new StopSignal())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(errors))
        .execute(arguments.toArray(new String[0]));
  }
}
