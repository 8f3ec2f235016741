package training.fusion.trainer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.PictureDecoder;
import training.fusion.trainer.train.Inference;
import training.fusion.trainer.train.TrainedModel;

/** Says what a trained model takes pictures for. */
@Command(
    name = "predict",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = "Says what a trained model takes pictures for: JPEG, PNG or BMP.")
final class PredictCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "RUN_OR_MODEL",
      description = "A run's folder, or a model.safetensors that a run has left.")
  private @Nullable Path runOrModel;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Pictures, of any size.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "3",
      description = "Most likely classes of each picture (default: ${DEFAULT-VALUE}).")
  private int top = 3;

  @Option(
      names = {"-o", "--format"},
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private EvaluateCommand.Format format = EvaluateCommand.Format.text;

  @Spec private @Nullable CommandSpec spec;

  /** A class with its probability, as it is printed. */
  record Guess(String label, double probability) {}

  @Override
  public Integer call() throws JsonProcessingException {
    CommandSpec known = Objects.requireNonNull(spec);
    if (top < 1) {
      throw new ParameterException(known.commandLine(), "--top must be at least 1, but is " + top);
    }
    TrainedModel model = TrainedModel.find(Objects.requireNonNull(runOrModel));
    int size = model.preprocessing().imageSize();
    var framing =
        new Framing(model.preprocessing().resize(), model.preprocessing().interpolation(), size);
    // all are decoded first: a name that is mistyped is told before libtorch is loaded
    List<Picture> squares = images.stream().map(file -> framing.apply(decode(file))).toList();
    Map<String, List<Guess>> guesses = new LinkedHashMap<>();
    try (Inference inference = Inference.of(model, new Pictures(size, size, 3), 0)) {
      for (int i = 0; i < squares.size(); i++) {
        double[] probabilities = inference.probabilities(squares.get(i));
        guesses.put(images.get(i).toString(), best(probabilities, model.classes()));
      }
    }
    PrintWriter out = known.commandLine().getOut();
    if (format == EvaluateCommand.Format.json) {
      out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(guesses));
    } else {
      guesses.forEach((file, best) -> print(out, file, best));
    }
    out.flush();
    return 0;
  }

  private static Picture decode(Path file) {
    try {
      return PictureDecoder.decode(file);
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badData("%s is not there".formatted(file));
    } catch (DamagedPicture e) {
      throw TrainingFailure.badData("%s is no picture: %s".formatted(file, e.getMessage()));
    } catch (IOException e) {
      throw TrainingFailure.badData("%s cannot be read: %s".formatted(file, InWords.of(e)));
    }
  }

  private List<Guess> best(double[] probabilities, List<String> classes) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(c -> -probabilities[c]))
        .limit(top)
        .map(c -> new Guess(classes.get(c), probabilities[c]))
        .toList();
  }

  private static void print(PrintWriter out, String file, List<Guess> best) {
    out.printf("%s:", file);
    for (Guess guess : best) {
      out.printf(Locale.ROOT, "  %s %.1f %%", guess.label(), 100 * guess.probability());
    }
    out.println();
  }
}
