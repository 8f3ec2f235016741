package training.fusion.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static training.fusion.trainer.data.Digests.DATASET;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Pretrained;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;

@DisplayName("The checkpoints of a run")
class CheckpointStoreTest {
  private static final WeightsConvention TORCHVISION =
      new WeightsConvention(Pretrained.Variant.TORCHVISION, null, null);

  private static final CheckpointStore.Machine MACHINE = new CheckpointStore.Machine("cpu", 2);

  private final Path run;
  private final List<String> reports = new ArrayList<>();

  CheckpointStoreTest(@TempDir Path run) {
    this.run = run;
  }

  @Test
  void giveBackWhatWasSavedLast() throws IOException {
    store(2).save(state(1, 10), TORCHVISION, DATASET, tensors(1), tensors(2));
    store(2).save(state(2, 20), TORCHVISION, DATASET, tensors(3), tensors(4));

    StoredCheckpoint newest = store(2).newest(reports::add).orElseThrow();

    assertThat(newest.manifest().state()).isEqualTo(state(2, 20));
    assertThat(value(newest.openModel())).isEqualTo(3);
    assertThat(value(newest.openOptimizer())).isEqualTo(4);
    assertThat(newest.toReport().path()).isEqualTo("checkpoint-2-20");
    assertThat(reports).isEmpty();
  }

  @Test
  void areNoneInAnEmptyFolder() {
    assertThat(store(2).newest(reports::add)).isEmpty();
  }

  @Test
  void areOrderedByStepAsANumber() {
    store(2).save(state(1, 99), TORCHVISION, DATASET, tensors(1), tensors(1));
    store(2).save(state(1, 100), TORCHVISION, DATASET, tensors(1), tensors(1));
    assertThat(store(2).newest(reports::add).orElseThrow().manifest().state().step())
        .isEqualTo(100);
  }

  @Test
  void thatAreTooManyGoOldestFirst() throws IOException {
    for (int epoch = 1; epoch <= 4; epoch++) {
      store(2).save(state(epoch, epoch * 10L), TORCHVISION, DATASET, tensors(1), tensors(1));
    }
    assertThat(names()).containsExactly("checkpoint-3-30", "checkpoint-4-40");
  }

  @Test
  void thatAreDamagedAreNamedAndPassedOver() throws IOException {
    for (int epoch = 1; epoch <= 4; epoch++) {
      store(4).save(state(epoch, epoch * 10L), TORCHVISION, DATASET, tensors(1), tensors(1));
    }
    Path model = run.resolve("checkpoint-4-40/model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 1] ^= 1;
    Files.write(model, bytes);
    Files.delete(run.resolve("checkpoint-3-30/optimizer.safetensors"));
    Files.writeString(run.resolve("checkpoint-2-20/manifest.json"), "{\"contractVersion\":");

    StoredCheckpoint newest = store(4).newest(reports::add).orElseThrow();

    assertThat(newest.toReport().path()).isEqualTo("checkpoint-1-10");
    assertThat(reports).hasSize(3);
    assertThat(reports.get(0))
        .isEqualTo(
            "checkpoint-4-40 is damaged and passed over: model.safetensors is not what was written:"
                + " its sha256 differs");
    assertThat(reports.get(1))
        .isEqualTo("checkpoint-3-30 is damaged and passed over: optimizer.safetensors is missing");
    assertThat(reports.get(2))
        .startsWith("checkpoint-2-20 is damaged and passed over: manifest.json is not what was");
  }

  @Test
  void replaceADamagedOneOfTheSameStep() throws IOException {
    store(2).save(state(1, 10), TORCHVISION, DATASET, tensors(1), tensors(1));
    Files.delete(run.resolve("checkpoint-1-10/model.safetensors"));
    assertThat(store(2).newest(reports::add)).isEmpty();

    store(2).save(state(1, 10), TORCHVISION, DATASET, tensors(7), tensors(7));

    assertThat(value(store(2).newest(reports::add).orElseThrow().openModel())).isEqualTo(7);
  }

  @Test
  void thatArePassedOverDoNotPushOutWhatIsTrainedAgain() throws IOException {
    store(1).save(state(2, 20), TORCHVISION, DATASET, tensors(1), tensors(1));
    Files.delete(run.resolve("checkpoint-2-20/model.safetensors"));

    store(1).save(state(1, 10), TORCHVISION, DATASET, tensors(1), tensors(1));
    assertThat(store(1).newest(reports::add).orElseThrow().toReport().path())
        .isEqualTo("checkpoint-1-10");

    store(1).save(state(2, 20), TORCHVISION, DATASET, tensors(1), tensors(1));
    assertThat(names()).containsExactly("checkpoint-2-20");
  }

  @Test
  void thatCannotBeWrittenLeaveTheLastOneIntactAndNothingHalfDone() throws IOException {
    store(1).save(state(1, 10), TORCHVISION, DATASET, tensors(1), tensors(1));
    TensorSource failing =
        new TensorSource(
            new TensorHeader("weight", ElementType.F32, List.of(1L)),
            () -> {
              throw new IOException("No space left on device");
            });

    assertThatThrownBy(
            () -> store(1).save(state(2, 20), TORCHVISION, DATASET, tensors(1), List.of(failing)))
        .isInstanceOfSatisfying(
            TrainingFailure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY_IO))
        .hasMessage(
            "no space is left for %s; free some, take a larger volume, or lower checkpoint.keep",
            run.resolve("checkpoint-2-20"));
    assertThat(names()).containsExactly("checkpoint-1-10");
    assertThat(store(1).newest(reports::add).orElseThrow().toReport().path())
        .isEqualTo("checkpoint-1-10");
    assertThat(reports).isEmpty();
  }

  @Test
  void areNotMistakenForWhatACrashLeft() throws IOException {
    store(1).save(state(1, 10), TORCHVISION, DATASET, tensors(1), tensors(1));
    Files.move(run.resolve("checkpoint-1-10"), run.resolve(".unfinished-checkpoint-1-10"));

    assertThat(store(1).newest(reports::add)).isEmpty();
    assertThat(names()).as("whoever only looks changes nothing").hasSize(1);
    store(1).removeUnfinished();
    assertThat(names()).isEmpty();
  }

  @Test
  void ofAnotherRunAreRefused() {
    store(1).save(state(1, 10), TORCHVISION, DATASET, tensors(1), tensors(1));
    assertThatThrownBy(() -> new CheckpointStore(run, "other", MACHINE, 1).newest(reports::add))
        .hasMessage(
            "%s belongs to run key, this is run other; give each run a folder of its own",
            run.resolve("checkpoint-1-10"));
  }

  @Test
  void ofAnotherMachineAreTakenWithAWarning() {
    store(1).save(state(1, 10), TORCHVISION, DATASET, tensors(1), tensors(1));
    var other = new CheckpointStore(run, "key", new CheckpointStore.Machine("cpu", 4), 1);
    assertThat(other.newest(reports::add)).isPresent();
    assertThat(reports)
        .containsExactly(
            "checkpoint-1-10 was written on cpu with 2 threads, this is cpu with 4 threads: the run"
                + " goes on, but not bit for bit");
  }

  @Test
  void withOtherKernelsAreTakenWithAWarningUnlessThoseAreNotNoted() {
    var avx2 = new CheckpointStore.Machine("cpu", 2, "AVX2 on one");
    var avx512 = new CheckpointStore.Machine("cpu", 2, "AVX512 on other");
    new CheckpointStore(run, "key", avx2, 1)
        .save(state(1, 10), TORCHVISION, DATASET, tensors(1), tensors(1));
    assertThat(new CheckpointStore(run, "key", avx2, 1).newest(reports::add)).isPresent();
    assertThat(store(1).newest(reports::add)).isPresent(); // of a trainer that did not note them
    assertThat(reports).isEmpty();
    assertThat(new CheckpointStore(run, "key", avx512, 1).newest(reports::add)).isPresent();
    assertThat(reports)
        .containsExactly(
            "checkpoint-1-10 was written on cpu with 2 threads and the kernels of AVX2 on one, this"
                + " is cpu with 2 threads and the kernels of AVX512 on other: the run goes on, but"
                + " not bit for bit");
  }

  @Test
  void keepTheBestWeightsAsLongAsOneOfThemNamesThem() throws IOException {
    RunState.Weights first = store(2).saveBest(1, false, new TreeMap<>(), tensors(1));
    store(2).save(withBest(state(1, 10), first), TORCHVISION, DATASET, tensors(1), tensors(1));
    RunState.Weights second = store(2).saveBest(2, false, new TreeMap<>(), tensors(2));
    store(2).save(withBest(state(2, 20), second), TORCHVISION, DATASET, tensors(2), tensors(2));
    assertThat(names())
        .containsExactly(
            "best-1.safetensors", "best-2.safetensors", "checkpoint-1-10", "checkpoint-2-20");

    store(2).save(withBest(state(3, 30), second), TORCHVISION, DATASET, tensors(3), tensors(3));
    assertThat(names()).containsExactly("best-2.safetensors", "checkpoint-2-20", "checkpoint-3-30");

    Files.writeString(run.resolve("best-2.safetensors"), "damaged");
    assertThat(store(2).newest(reports::add)).isEmpty();
    assertThat(reports.get(0)).contains("best-2.safetensors has 7 bytes instead of ");
  }

  @Test
  void keepTheBestAverageInTheSameWay() throws IOException {
    RunState.Weights model = store(1).saveBest(1, false, new TreeMap<>(), tensors(1));
    RunState.Weights first = store(1).saveBest(1, true, new TreeMap<>(), tensors(1));
    store(1)
        .save(withBest(state(1, 10), model, first), TORCHVISION, DATASET, tensors(1), tensors(1));
    RunState.Weights second = store(1).saveBest(2, true, new TreeMap<>(), tensors(2));
    store(1)
        .save(withBest(state(2, 20), model, second), TORCHVISION, DATASET, tensors(2), tensors(2));
    assertThat(names())
        .containsExactly("best-1.safetensors", "best-ema-2.safetensors", "checkpoint-2-20");

    Files.writeString(run.resolve("best-ema-2.safetensors"), "damaged");
    assertThat(store(1).newest(reports::add)).isEmpty();
    assertThat(reports.get(0)).contains("best-ema-2.safetensors has 7 bytes instead of ");
  }

  private CheckpointStore store(int keep) {
    return new CheckpointStore(run, "key", MACHINE, keep);
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(run)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static RunState state(int epochs, long step) {
    var row =
        new HistoryRow(
            epochs, step, 1.0 / 3, 0.1, List.of(1e-4, 2e-2), metrics(epochs), null, 1.5, 80, 0.01);
    var sums = new RunState.EpochSums(0.1 + 0.2, 3, 7, 0.5, 0.001);
    return new RunState(epochs, 3, step, sums, null, null, List.of(row), StepCurve.NONE);
  }

  private static RunState withBest(RunState state, RunState.Weights weights) {
    return withBest(state, weights, null);
  }

  private static RunState withBest(
      RunState state, RunState.Weights weights, RunState.@Nullable Weights ofAverage) {
    Metrics metrics = metrics(state.epochs());
    return new RunState(
        state.epochs(),
        state.batches(),
        state.step(),
        state.sums(),
        new RunState.Best(metrics, weights),
        ofAverage == null ? null : new RunState.Best(metrics, ofAverage),
        state.history(),
        state.steps());
  }

  private static Metrics metrics(int epoch) {
    return new Metrics(Metrics.Split.VALIDATION, epoch, 0.9, 0.3, 0.89, 0.9);
  }

  private static List<TensorSource> tensors(float value) {
    var header = new TensorHeader("weight", ElementType.F32, List.of(2L));
    return List.of(
        new TensorSource(
            header,
            () ->
                ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(value)
                    .putFloat(value)
                    .flip()));
  }

  private static float value(SafetensorsFile file) throws IOException {
    try (file) {
      return file.values("weight").getFloat(4);
    }
  }
}
