package training.fusion.trainer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import picocli.CommandLine;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.sample.TensorRows;
import training.fusion.trainer.train.Inference;
import training.fusion.trainer.train.NetworkInput;
import training.fusion.trainer.train.TrainedModel;

/** What a trained model takes rows of tensors for. */
final class RowPredictions {
  /** Rows that are given to the network together. */
  private static final int BATCH = 32;

  /** Rows that are looked at for damage before the first of them is told. */
  private static final int RUN = 64 * BATCH;

  private final TensorRows rows;
  private final List<String> classes;
  private final int top;
  private final Inference inference;
  private final PredictionWriter writer;

  private RowPredictions(
      TensorRows rows,
      List<String> classes,
      int top,
      Inference inference,
      PredictionWriter writer) {
    this.rows = rows;
    this.classes = classes;
    this.top = top;
    this.inference = inference;
    this.writer = writer;
  }

  /**
   * Writes them, each under its file's name and its number there, from 0.
   *
   * @param gpus 0 computes on the CPU, 1 on a GPU
   * @param command where they are written, and which rows have none
   * @return the exit code
   */
  static int write(
      TrainedModel model,
      TensorRows rows,
      int gpus,
      int top,
      PredictionWriter.Format format,
      CommandLine command)
      throws IOException, InterruptedException {
    NetworkInput input = NetworkInput.of(rows, model.kind(), model.preprocessing().imageSize());
    List<String> classes = model.classes();
    PrintWriter err = command.getErr();
    int bad = 0;
    try (Inference inference = Inference.of(model, input, gpus);
        PredictionWriter writer =
            PredictionWriter.of(format, Math.min(top, classes.size()), command.getOut())) {
      var predictions = new RowPredictions(rows, classes, top, inference, writer);
      for (int from = 0; from < rows.count(); from += RUN) {
        int to = from + Math.min(rows.count() - from, RUN);
        Map<Integer, String> damage = predictions.damage(from, to);
        damage.forEach((row, what) -> err.printf("%s has no class: %s%n", rows.place(row), what));
        err.flush();
        bad += damage.size();
        predictions.write(from, to, damage);
      }
    }
    if (bad > 0) {
      err.printf("%d of %d rows have no class%n", bad, rows.count());
      err.flush();
    }
    return bad > 0 && bad == rows.count() ? ExitCode.BAD_CONFIGURATION.code() : 0;
  }

  /** What is wrong with which rows. */
  private Map<Integer, String> damage(int from, int to) {
    Map<Integer, String> damage = new ConcurrentHashMap<>();
    IntStream.range(from, to)
        .parallel()
        .forEach(
            row -> {
              String what = rows.damage(row);
              if (what != null) {
                damage.put(row, what);
              }
            });
    return new TreeMap<>(damage);
  }

  private void write(int from, int to, Map<Integer, String> damage)
      throws IOException, InterruptedException {
    int row = from;
    if (damage.size() < to - from) {
      Part sound =
          Part.of(rows, IntStream.range(from, to).filter(r -> !damage.containsKey(r)).toArray());
      try (var reader = new BatchReader(sound, BatchPlan.of(sound.count(), BATCH, 1))) {
        reader.begin(sound.inOrder(), 0);
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
          for (double[] probabilities : inference.probabilities(batch)) {
            row = writeDamaged(row, damage);
            writer.write(Prediction.of(rows.place(row++), probabilities, classes, top));
          }
          batch.close();
        }
      }
    }
    writeDamaged(row, damage);
  }

  /** Those that are damaged from a row on; gives the first that is not. */
  private int writeDamaged(int from, Map<Integer, String> damage) throws IOException {
    int row = from;
    for (String what = damage.get(row); what != null; what = damage.get(row)) {
      writer.write(new Prediction(rows.place(row), List.of(), what));
      row++;
    }
    return row;
  }
}
