package training.fusion.trainer.data;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.batch.BatchReader;

/** A process of its own that asks for every picture of a data set, as a training does. */
final class PictureProcess {
  private PictureProcess() {}

  /** Prints what it got, as a digest, and what of the processors it took. */
  public static void main(String[] arguments)
      throws InterruptedException, NoSuchAlgorithmException {
    var data =
        ImageData.read(
            Path.of(arguments[0]), Datasets.pictures(0.1, 0.1), Integer.parseInt(arguments[1]));
    var room =
        new PictureRoom(Path.of(arguments[2]), Path.of(arguments[3]), Long.parseLong(arguments[4]));
    long before = nanoseconds();
    ImageData cached = data.cachedIn(room, false);
    read(cached, pixels -> {});
    System.err.printf("%.2f CPU seconds for all pictures once%n", (nanoseconds() - before) / 1e9);
    System.out.println(digest(cached));
  }

  private static long nanoseconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Of all batches of its three parts. */
  static String digest(ImageData data) throws InterruptedException, NoSuchAlgorithmException {
    var digest = MessageDigest.getInstance("SHA-256");
    read(data, digest::update);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void read(ImageData data, Consumer<ByteBuffer> target)
      throws InterruptedException {
    for (Part part : List.of(data.train(), data.validation(), data.test())) {
      try (var reader = new BatchReader(part, new BatchPlan(part.count(), 8, 1))) {
        reader.begin(part.shuffled(3, 1), 0);
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
          target.accept(batch.pixels().duplicate());
          batch.close();
        }
      }
    }
  }

  static Process start(Path folder, int size, Path scratch, Path shared, long bytes)
      throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            PictureProcess.class.getName(),
            folder.toString(),
            String.valueOf(size),
            scratch.toString(),
            shared.toString(),
            String.valueOf(bytes))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** What one prints in the end. */
  static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
