package training.fusion.trainer.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.optim.GroupStep;
import training.fusion.trainer.optim.StepOutcome;

/**
 * Two attempts at a run: the first dies after step 30, the second goes on from step 20. Read back
 * byte for byte here, and by TensorBoard itself where the Python in FUSION_PYTHON, or python3, has
 * it.
 */
class TensorBoardTrackerTest {
  private static final String CONFIGURATION =
      """
      {"contractVersion": 1, "name": "small", "runKey": "k", "gpuCount": 0,
       "model": {"architecture": "EfficientNetV2-S"},
       "dataset": {"format": "IDX", "source": {"persistentVolumeClaim": {"claimName": "data"}}},
       "optimization": {"single": {"optimizer": {"type": "SGD"}}}, "training": {"epochs": 2}}
      """;

  private static final String READER =
      """
      import json, sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      events = EventAccumulator(sys.argv[1]).Reload()
      scalars = {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
      text = events.Tensors("configuration")[0].tensor_proto.string_val[0].decode()
      print(json.dumps({"scalars": scalars, "configuration": text}))
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @BeforeEach
  void twoAttempts() throws IOException {
    RunConfiguration run = new ObjectMapper().readValue(CONFIGURATION, RunConfiguration.class);
    var first = new TensorBoardTracker(run, folder, 0, () -> Instant.ofEpochSecond(1000));
    steps(first, 1, 30, 1);
    var second = new TensorBoardTracker(run, folder, 20, () -> Instant.ofEpochSecond(1000));
    steps(second, 21, 40, 2);
    var evaluation = new Metrics(Metrics.Split.VALIDATION, 1, 0.75, 0.5, 0.7, 0.72);
    second.evaluated(
        new RunState(0, 40, 40, new RunState.EpochSums(80, 60, 80, 4, 0), null, null, List.of())
            .evaluated(
                new RunState.Evaluated(evaluation, new RunState.Best(evaluation, null)),
                null,
                List.of(0.1)));
  }

  /** Losses are step × factor. */
  private static void steps(Tracker tracker, int from, int to, double factor) throws IOException {
    for (int step = from; step <= to; step++) {
      var group = new GroupStep("all", 0.1, step / 2.0);
      tracker.stepped(step, new StepOutcome(step * factor, 1, true, List.of(group), null));
    }
  }

  @Test
  void everyRecordHasItsChecksums() throws IOException {
    List<Path> files = files();
    assertThat(files).hasSize(2);
    for (Path file : files) {
      List<byte[]> records = records(file);
      assertThat(records).hasSizeGreaterThan(5);
      assertThat(new String(records.get(0), StandardCharsets.ISO_8859_1)).contains("brain.Event:2");
    }
  }

  @Test
  void aGoneOnRunBeginsWithTheStepFromWhichEarlierFilesAreVoid() throws IOException {
    CodedInputStream event = CodedInputStream.newInstance(records(files().get(1)).get(1));
    long step = 0;
    boolean sessionStarts = false;
    for (int tag = event.readTag(); tag != 0; tag = event.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> step = event.readInt64();
        case 7 -> sessionStarts = List.of((byte) 8, (byte) 1).equals(bytes(event.readByteArray()));
        default -> event.skipField(tag);
      }
    }
    assertThat(sessionStarts).isTrue();
    assertThat(step).isEqualTo(21);
  }

  @Test
  void tensorBoardReadsEachPointOnce() throws Exception {
    Python.assumeHas("tensorboard");
    JsonNode read =
        new ObjectMapper().readTree(Python.run(READER, folder.resolve("tensorboard").toString()));

    JsonNode losses = read.at("/scalars").get("loss/step");
    assertThat(losses).hasSize(4);
    for (int point = 0; point < 4; point++) {
      assertThat(losses.get(point).get(0).asInt()).isEqualTo(10 * (point + 1));
      double mean = (10 * point + 5.5) * (point < 2 ? 1 : 2);
      assertThat(losses.get(point).get(1).asDouble()).isEqualTo(mean, within(1e-5));
    }
    assertThat(read.at("/scalars").get("f1/validation").get(0).get(1).asDouble())
        .isEqualTo(0.7, within(1e-6));
    assertThat(read.at("/scalars").get("gradient_norm/all")).hasSize(4);
    assertThat(read.get("configuration").asText()).contains("    name: small");
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder.resolve("tensorboard"))) {
      return files.sorted().toList();
    }
  }

  /** The data of a file's records, whose checksums are checked. */
  private static List<byte[]> records(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    var records = new ArrayList<byte[]>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[8];
      bytes.get(length);
      assertThat(bytes.getInt()).isEqualTo(masked(length));
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(data);
      assertThat(bytes.getInt()).isEqualTo(masked(data));
      records.add(data);
    }
    return records;
  }

  private static int masked(byte[] data) {
    var crc = new CRC32C();
    crc.update(data);
    long value = crc.getValue();
    return (int) (((value >>> 15) | (value << 17)) + 0xa282ead8L);
  }

  private static List<Byte> bytes(byte[] array) {
    var list = new ArrayList<Byte>();
    for (byte b : array) {
      list.add(b);
    }
    return list;
  }
}
