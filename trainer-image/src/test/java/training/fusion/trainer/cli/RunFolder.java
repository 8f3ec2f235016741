package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import training.fusion.trainer.report.HistoryTable;
import training.fusion.trainer.report.StepTable;

/** What a run has left in its folder. */
record RunFolder(Path path) {
  /** Checks that nothing but the clock tells this run from another. */
  void mustEqual(RunFolder other) throws IOException {
    assertThat(history()).isEqualTo(other.history());
    assertThat(steps()).isEqualTo(other.steps());
    assertThat(untimed(result())).isEqualTo(untimed(other.result()));
    for (String file :
        List.of("metrics.json", "evaluation.json", "model.safetensors", "model.torchscript.pt")) {
      sameBytes(path.resolve(file), other.path.resolve(file));
    }
    Path checkpoint = newestCheckpoint();
    assertThat(checkpoint.getFileName()).isEqualTo(other.newestCheckpoint().getFileName());
    for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
      sameBytes(checkpoint.resolve(file), other.newestCheckpoint().resolve(file));
    }
  }

  private static void sameBytes(Path one, Path other) throws IOException {
    assertThat(Files.mismatch(one, other)).as("first byte of %s that differs", one).isEqualTo(-1);
  }

  JsonNode result() throws IOException {
    return new ObjectMapper().readTree(path.resolve("result.json").toFile());
  }

  private static JsonNode untimed(JsonNode result) {
    ((ObjectNode) result).remove("imagesPerSecond");
    return result;
  }

  /** The lines of the history without what depends on the machine's speed. */
  List<List<String>> history() throws IOException {
    return lines(HistoryTable.FILE, HistoryTable.TIMING_COLUMNS);
  }

  /** The same of the steps. */
  List<List<String>> steps() throws IOException {
    return lines(StepTable.FILE, StepTable.MACHINE_COLUMNS);
  }

  private List<List<String>> lines(String file, int without) throws IOException {
    return Files.readAllLines(path.resolve(file)).stream()
        .map(line -> List.of(line.split(",", -1)))
        .map(columns -> columns.subList(0, columns.size() - without))
        .toList();
  }

  /** The checkpoints' folders, newest first. */
  List<Path> checkpoints() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("checkpoint-"))
          .sorted(Comparator.comparingInt(RunFolder::step).reversed())
          .toList();
    }
  }

  /** Names of what was being written when the process ended. */
  List<String> unfinished() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith(".unfinished-"))
          .sorted()
          .toList();
    }
  }

  Path newestCheckpoint() throws IOException {
    return checkpoints().get(0);
  }

  /** Steps that a checkpoint holds. */
  static int step(Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().replaceAll(".*-", ""));
  }

  /** The steps that the ledger tells of, in its order, those among them that were lost again. */
  List<Integer> trainedSteps() throws IOException {
    List<Integer> steps = new ArrayList<>();
    for (String line : ledger()) {
      steps.addAll(stepsOf(line));
    }
    return steps;
  }

  /** The steps that count: those that no later pod, which began before them, trained again. */
  List<Integer> countedSteps() throws IOException {
    List<Integer> steps = new ArrayList<>();
    for (String line : ledger()) {
      if (line.contains(" start ")) {
        int after = Integer.parseInt(line.replaceAll(".* start ", ""));
        steps.removeIf(step -> step > after);
      }
      steps.addAll(stepsOf(line));
    }
    return steps;
  }

  /** The last step that the ledger tells of; 0 before the first. */
  int lastStep() throws IOException {
    return trainedSteps().stream().reduce(0, (before, step) -> step);
  }

  /** The step after which the last pod went on. */
  int lastStart() throws IOException {
    return ledger().stream()
        .filter(line -> line.contains(" start "))
        .map(line -> Integer.parseInt(line.replaceAll(".* start ", "")))
        .reduce(0, (before, start) -> start);
  }

  private List<String> ledger() throws IOException {
    Path ledger = path.resolve("steps.log");
    return Files.exists(ledger) ? Files.readAllLines(ledger) : List.of();
  }

  private static List<Integer> stepsOf(String line) {
    if (!line.contains(" steps ")) {
      return List.of();
    }
    String[] ends = line.replaceAll(".* steps ", "").split("-", -1);
    return IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]))
        .boxed()
        .toList();
  }
}
