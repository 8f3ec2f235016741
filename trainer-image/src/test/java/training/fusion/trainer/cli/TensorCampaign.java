package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.format.TensorFileWriter;

/**
 * A set of tensors that is larger than memory, made sparse on disk, and the memory that an epoch of
 * it takes: by hand, with {@code -Dcampaign.gigabytes=20 -Dcampaign.module=net.pt
 * -Dtest=TensorCampaign}, where the network takes {@code [n, 3, 224, 224]} and tells ten classes
 * apart. Linux only; prints the largest resident memory.
 */
@EnabledIfSystemProperty(named = "campaign.gigabytes", matches = "[0-9]+")
class TensorCampaign {
  private static final long ROW = 3L * 224 * 224 * Float.BYTES;
  private static final long MOST_RESIDENT = 3L << 29; // 1.5 GiB

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: large}
      spec:
        model: {module: {source: {persistentVolumeClaim: {claimName: data, path: net.pt}}}}
        dataset:
          format: Tensors
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.01, test: 0.01, seed: 0}
        optimization: {single: {optimizer: {type: SGD, learningRate: 1e-3}}}
        training: {epochs: 1, batchSize: 64, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @Test
  void residentMemoryIsSmall(@TempDir Path folder) throws IOException, InterruptedException {
    long bytes = Long.getLong("campaign.gigabytes", 0L) * 1_000_000_000L;
    int rows = (int) (bytes / ROW);
    Path data = Files.createDirectory(folder.resolve("data"));
    writeSparse(data.resolve("x.safetensors"), rows);
    TensorFileWriter.write(data.resolve("label.safetensors"), TensorFileWriter.labels(rows, 10));
    Path file = Files.writeString(folder.resolve("training.yaml"), TRAINING);
    long largest = 0;
    long start = System.nanoTime();
    try (var trainer =
        TrainerProcess.start(
            folder.resolve("log"),
            "train",
            file.toString(),
            "--data=" + data,
            "--weights=" + System.getProperty("campaign.module"),
            "--output=" + folder.resolve("out"))) {
      while (trainer.isAlive()) {
        largest = Math.max(largest, trainer.residentBytes());
        LockSupport.parkNanos(20_000_000);
      }
      assertThat(trainer.exitCode()).as(trainer.said()).isZero();
      System.out.printf(
          "%d rows, %.1f GB, %.0f s, at most %d MiB resident%n%s%n",
          rows, rows * ROW / 1e9, (System.nanoTime() - start) / 1e9, largest >> 20, trainer.said());
    }
    assertThat(largest).isLessThan(MOST_RESIDENT);
  }

  private static void writeSparse(Path file, int rows) throws IOException {
    byte[] header =
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[%d,3,224,224],\"data_offsets\":[0,%d]}}"
            .formatted(rows, rows * ROW)
            .getBytes(StandardCharsets.UTF_8);
    try (var made = new RandomAccessFile(file.toFile(), "rw")) {
      made.write(
          ByteBuffer.allocate(Long.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(header.length)
              .array());
      made.write(header);
      made.setLength(Long.BYTES + header.length + rows * ROW);
    }
  }
}
