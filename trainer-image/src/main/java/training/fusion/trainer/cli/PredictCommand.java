package training.fusion.trainer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.PictureDecoder;
import training.fusion.trainer.picture.PictureTooLarge;
import training.fusion.trainer.train.Inference;
import training.fusion.trainer.train.NetworkInput;
import training.fusion.trainer.train.TrainedModel;

/** Says what a trained model takes pictures for. */
@Command(
    name = "predict",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Says what a trained model takes pictures, or rows of tensors, for.",
      "A model of tensors takes .safetensors, .npy and .npz files with the inputs that it was trained"
          + " on; several files are one after the other.",
      "A file that is no picture, or is not there, is told, and the others are gone on with; the"
          + " exit code is then 64 if the file itself was named, or if there is no picture at all.",
      "So is a row with NaN or infinity; the exit code is 64 if there is no other row."
    })
final class PredictCommand implements Callable<Integer> {
  /** Pictures that are decoded, and given to the network, together. */
  private static final int BATCH = 32;

  @Parameters(
      index = "0",
      paramLabel = "RUN_OR_MODEL",
      description =
          "A run, by its name, its key or its folder, or a model.safetensors that a run has left.")
  private @Nullable Path runOrModel;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Pictures, of any size, or folders: all files in them. Or files of tensors.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "3",
      description = "Most likely classes of each picture or row (default: ${DEFAULT-VALUE}).")
  private int top = 3;

  @Option(
      names = {"-o", "--format"},
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private PredictionWriter.Format format = PredictionWriter.Format.text;

  @Mixin private final GpuOption gpu = new GpuOption();

  @Spec private @Nullable CommandSpec spec;

  /** A file's square, or what is wrong with it. */
  private record Decoded(
      PictureArguments argument, @Nullable Picture square, @Nullable String damage) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec known = Objects.requireNonNull(spec);
    if (top < 1) {
      throw new ParameterException(known.commandLine(), "--top must be at least 1, but is " + top);
    }
    TrainedModel model = TrainedModel.find(NamedRuns.folder(Objects.requireNonNull(runOrModel)));
    if (model.takesTensors()) {
      return RowPredictions.write(
          model,
          TensorArguments.read(images, model),
          gpu.count(0),
          top,
          format,
          known.commandLine());
    }
    List<PictureArguments> files = PictureArguments.of(images);
    int size = model.preprocessing().imageSize();
    var framing =
        new Framing(model.preprocessing().resize(), model.preprocessing().interpolation(), size);
    int guesses = Math.min(top, model.classes().size());
    int bad = 0;
    boolean named = false;
    PrintWriter err = known.commandLine().getErr();
    try (Inference inference =
            Inference.of(model, new NetworkInput(new Pictures(size, size, 3), null), gpu.count(0));
        PredictionWriter writer =
            PredictionWriter.of(format, guesses, known.commandLine().getOut())) {
      for (int from = 0; from < files.size(); from += BATCH) {
        List<Decoded> batch =
            files.subList(from, Math.min(files.size(), from + BATCH)).parallelStream()
                .map(file -> decode(file, framing))
                .toList();
        for (Decoded one : batch) {
          if (one.damage != null) {
            err.printf("%s is no picture: %s%n", one.argument.file(), one.damage);
            bad++;
            named |= one.argument.named();
          }
        }
        err.flush();
        predict(inference, model.classes(), batch, writer);
      }
    }
    if (bad > 0) {
      err.printf("%d of %d files are no pictures%n", bad, files.size());
      err.flush();
    }
    return named || bad == files.size() ? ExitCode.BAD_CONFIGURATION.code() : 0;
  }

  private void predict(
      Inference inference, List<String> classes, List<Decoded> batch, PredictionWriter writer)
      throws IOException {
    List<Picture> squares = batch.stream().map(Decoded::square).filter(Objects::nonNull).toList();
    List<double[]> probabilities = squares.isEmpty() ? List.of() : inference.probabilities(squares);
    int next = 0;
    for (Decoded one : batch) {
      String file = one.argument.file().toString();
      writer.write(
          one.square == null
              ? new Prediction(file, List.of(), one.damage)
              : Prediction.of(file, probabilities.get(next++), classes, top));
    }
  }

  private static Decoded decode(PictureArguments argument, Framing framing) {
    if (argument.problem() != null) {
      return new Decoded(argument, null, argument.problem());
    }
    try {
      Picture square =
          framing.framed(PictureDecoder.decode(argument.file(), framing.view(), caveat -> {}));
      return new Decoded(argument, square, null);
    } catch (PictureTooLarge e) {
      throw TrainingFailure.outOfMemory(argument.file().toString(), e.getMessage());
    } catch (NoSuchFileException e) {
      return new Decoded(argument, null, "it was there and is gone");
    } catch (DamagedPicture e) {
      return new Decoded(argument, null, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Decoded(argument, null, "it cannot be read: " + InWords.of(e));
    }
  }
}
