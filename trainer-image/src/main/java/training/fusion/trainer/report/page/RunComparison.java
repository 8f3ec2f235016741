package training.fusion.trainer.report.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import training.fusion.api.run.Metrics;
import training.fusion.page.Page;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.report.ConfigurationText;
import training.fusion.trainer.report.History;
import training.fusion.trainer.report.RunDescription;

/**
 * Several runs on one page: their curves laid over each other, their figures, and what differs in
 * what they were asked for.
 *
 * @param runs in the order in which they were named
 * @param differences fields that are not the same in all of them
 */
public record RunComparison(
    String title, List<Run> runs, Charts charts, List<Difference> differences) {
  /** What is different in every run, and says nothing. */
  private static final Set<String> NAMES = Set.of("contractVersion", "name", "runKey");

  /** Told apart side by side; of more runs they come again. */
  private static final List<String> LOOKS =
      List.of("low", "high", "held-out", "second", "average", "train");

  private static final String ABSENT = "–";

  /**
   * A run.
   *
   * @param label its name, with its key where another one has the same name
   * @param look class of its colour
   * @param figures part, accuracy, loss and F1: the model's on test, or the newest evaluation's
   */
  public record Run(
      String label,
      String look,
      State state,
      String optimization,
      String epochs,
      List<String> figures,
      String time) {}

  /**
   * A field.
   *
   * @param values one for each run
   */
  public record Difference(String field, List<String> values) {}

  /**
   * Compares runs.
   *
   * @param folders of two runs or more
   * @throws TrainingFailure naming the file that is missing, or is not what the trainer wrote
   */
  public static RunComparison of(List<Path> folders) {
    List<RunRecord> records =
        folders.stream()
            .map(folder -> RunRecord.read(folder, RunLock.isAbandoned(folder)))
            .toList();
    List<String> labels = labels(records);
    List<Run> runs =
        IntStream.range(0, records.size())
            .mapToObj(i -> run(records.get(i), labels.get(i), look(i)))
            .toList();
    return new RunComparison(
        String.join(", ", labels), runs, charts(records, labels), differences(records));
  }

  /**
   * Writes the page, as one step, into a folder that need not be there.
   *
   * @throws TrainingFailure if it cannot be written
   */
  public void write(Path file) {
    try {
      Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
      Durable.write(file, Page.html(Report.class, "comparison", "report", this));
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }

  private static List<String> labels(List<RunRecord> records) {
    List<String> names = records.stream().map(run -> run.configuration().shortName()).toList();
    return IntStream.range(0, names.size())
        .mapToObj(
            i ->
                names.stream().filter(names.get(i)::equals).count() == 1
                    ? names.get(i)
                    : names.get(i) + " " + records.get(i).configuration().runKey())
        .toList();
  }

  private static String look(int run) {
    return LOOKS.get(run % LOOKS.size());
  }

  private static Run run(RunRecord record, String label, String look) {
    return new Run(
        label,
        look,
        State.of(record),
        record.description().optimization(),
        "%d of %d".formatted(record.history().epochs(), record.epochs()),
        figures(record),
        record.history().epochs() == 0
            ? ABSENT
            : PageFigures.duration(record.history().sum("seconds")));
  }

  private static List<String> figures(RunRecord record) {
    Metrics test = record.result() == null ? null : record.result().test();
    if (test != null) {
      return List.of(
          "test",
          PageFigures.figure(test.accuracy()),
          PageFigures.figure(test.loss()),
          PageFigures.figure(test.f1()));
    }
    History history = record.history();
    int last = history.epochs() - 1;
    String part = record.evaluated();
    return last < 0
        ? List.of(ABSENT, ABSENT, ABSENT, ABSENT)
        : List.of(
            part,
            PageFigures.figure(history.values(part + "_accuracy")[last]),
            PageFigures.figure(history.values(part + "_loss")[last]),
            PageFigures.figure(history.values(part + "_f1")[last]));
  }

  private static Charts charts(List<RunRecord> records, List<String> labels) {
    int epochs = records.stream().mapToInt(run -> run.history().epochs()).max().orElse(0);
    if (epochs == 0) {
      return Charts.ofEpochs(0, List.of(), List.of());
    }
    return Charts.ofEpochs(
        epochs,
        List.of(),
        List.of(
            chart("Loss, held out", "loss", records, labels, epochs),
            chart("Accuracy, held out", "accuracy", records, labels, epochs),
            chart("F1, held out", "f1", records, labels, epochs),
            chart("Loss, training", "train_loss", records, labels, epochs)));
  }

  private static Chart chart(
      String title, String figure, List<RunRecord> records, List<String> labels, int epochs) {
    List<Chart.Series> series = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      RunRecord run = records.get(i);
      String column = figure.startsWith("train_") ? figure : run.evaluated() + "_" + figure;
      double[] values = new double[epochs];
      Arrays.fill(values, Double.NaN);
      if (run.history().epochs() > 0) {
        double[] known = run.history().values(column);
        System.arraycopy(known, 0, values, 0, known.length);
      }
      series.add(Chart.Series.of(labels.get(i), look(i), values));
    }
    return new Chart(title, Chart.Scale.LINEAR, series);
  }

  private static List<Difference> differences(List<RunRecord> records) {
    List<Map<String, String>> all = records.stream().map(RunComparison::fields).toList();
    Set<String> names = new LinkedHashSet<>();
    all.forEach(fields -> names.addAll(fields.keySet()));
    return names.stream()
        .map(
            name ->
                new Difference(name, all.stream().map(f -> f.getOrDefault(name, ABSENT)).toList()))
        .filter(field -> Set.copyOf(field.values()).size() > 1)
        .toList();
  }

  /** What a run was asked for, and what it found, field by field. */
  private static Map<String, String> fields(RunRecord run) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (var part : ConfigurationText.tree(run.configuration()).properties()) {
      if (!NAMES.contains(part.getKey())) {
        put(part.getKey(), part.getValue(), fields);
      }
    }
    RunDescription found = run.description();
    fields.put("(pictures)", pictures(found));
    fields.put("(device)", found.device());
    fields.put(
        "(versions)", found.software().trainer() + ", libtorch " + found.software().libtorch());
    return fields;
  }

  /** By their digests, if these are known: other pictures may be as many. */
  private static String pictures(RunDescription found) {
    String counted = "%d, %d, %d".formatted(found.train(), found.validation(), found.test());
    return found.dataset() == null
        ? counted
        : counted + " #" + Integer.toHexString(found.dataset().hashCode());
  }

  private static void put(String path, JsonNode value, Map<String, String> fields) {
    if (value.isObject()) {
      value.properties().forEach(f -> put(path + "." + f.getKey(), f.getValue(), fields));
    } else if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
      for (int i = 0; i < value.size(); i++) {
        put("%s[%d]".formatted(path, i), value.get(i), fields);
      }
    } else if (value.isArray()) {
      fields.put(
          path,
          IntStream.range(0, value.size())
              .mapToObj(i -> value.get(i).asText())
              .collect(Collectors.joining(", ", "[", "]")));
    } else if (!value.isNull()) {
      fields.put(path, value.asText());
    }
  }
}
