package training.fusion.benchmarks.trainer;

import ai.djl.Device;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import training.fusion.api.Dataset;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.LibtorchContext;

/**
 * Our side of a race, as {@code race.Contestant} wants it: {@code Ours DEVICE SECONDS TASK
 * WORDS...}. A round takes at least so many seconds.
 */
public final class Ours {
  private Ours() {}

  /** Runs a task until it is told to end. */
  public static void main(String[] words) throws IOException {
    boolean gpu = words[0].equals("cuda");
    double seconds = Double.parseDouble(words[1]);
    List<String> rest = Arrays.asList(words).subList(3, words.length);
    try (Task task = task(words[2], rest, gpu)) {
      task.work();
      System.out.println("ready");
      serve(task, seconds);
    }
  }

  private static Task task(String name, List<String> words, boolean gpu) {
    if (name.equals("pictures")) {
      return new PicturesTask(Path.of(words.get(0)), Integer.parseInt(words.get(1)));
    }
    if (name.equals("images")) {
      return new ImagesTask(
          Dataset.Format.valueOf(words.get(0)),
          Path.of(words.get(1)),
          Integer.parseInt(words.get(2)));
    }
    Workload workload = Workload.of(words);
    Device device = Libtorch.start(gpu ? 1 : 0, Runtime.getRuntime().availableProcessors());
    LibtorchContext.get().setPrecision(workload.precision());
    LibtorchContext.get().setDeterministic(!gpu);
    return switch (name) {
      case "step" -> new StepTask(workload, device, UpdateOrder.AFTER_BACKWARD);
      case "step-during-backward" -> new StepTask(workload, device, UpdateOrder.DURING_BACKWARD);
      case "step-during-forward" -> new StepTask(workload, device, UpdateOrder.DURING_FORWARD);
      case "optimizer" -> new OptimizerTask(workload, device);
      default ->
          throw new IllegalArgumentException(
              "step, step-during-backward, step-during-forward, optimizer, pictures or images, not "
                  + name);
    };
  }

  private static void serve(Task task, double seconds) throws IOException {
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      if (order.equals("end")) {
        System.out.println(peakBytes());
        return;
      }
      long units = 0;
      long start = System.nanoTime();
      double taken = 0;
      while (taken < seconds) {
        units += task.work();
        taken = (System.nanoTime() - start) / 1e9;
      }
      System.out.println(taken + " " + units);
    }
  }

  /** The kernel's own count (Linux); 0 elsewhere. */
  private static long peakBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    String line =
        Files.readAllLines(status).stream()
            .filter(l -> l.startsWith("VmHWM:"))
            .findFirst()
            .orElse("");
    String kilobytes = line.replaceAll("[^0-9]", "");
    return kilobytes.isEmpty() ? 0 : Long.parseLong(Objects.requireNonNull(kilobytes)) * 1024;
  }
}
