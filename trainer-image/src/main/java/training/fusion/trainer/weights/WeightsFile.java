package training.fusion.trainer.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.TensorHeader;

/**
 * A file of weights by the names that are in it. What kind of file it is, is told by its content:
 * safetensors, or one of {@code torch.save}'s two formats.
 *
 * @param path the file, or the index of its shards
 * @param stateDicts at least one, outer ones first
 * @param metadata strings of a safetensors header, or a checkpoint's {@code arch}
 */
record WeightsFile(Path path, List<StateDict> stateDicts, Map<String, String> metadata) {
  /** The same weights twice, as in transformers' older repositories; it reads the first, too. */
  private static final Set<String> TWINS =
      Set.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private static final List<String> ENDINGS =
      List.of(".pth", ".pt", ".bin", ".safetensors", ".ckpt", ".pth.tar");

  /**
   * Opens a file, or the only file of weights in a folder.
   *
   * @throws TrainingFailure naming the file: it is not there, damaged, or holds more than weights
   */
  static WeightsFile open(Path given) {
    Path path = file(given);
    if (Shards.isIndex(path)) {
      return Shards.of(path).joined();
    }
    Shards.refusePart(path);
    return openWhole(path);
  }

  /** Opens one file, whatever its name. */
  static WeightsFile openWhole(Path path) {
    try {
      return read(path, MappedFile.of(path));
    } catch (UnreadableWeights e) {
      throw unreadable(path, e);
    } catch (PlainFile.Otherwise e) {
      throw badWeights("%s does not serve as weights: %s".formatted(path, e.getMessage()));
    } catch (NoSuchFileException e) {
      throw badWeights("%s, which should hold pretrained weights, is not there".formatted(path));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(path, e);
    }
  }

  private static WeightsFile read(Path path, ByteBuffer bytes) throws UnreadableWeights {
    if (TorchArchive.isOne(bytes)) {
      return TorchArchive.read(path, bytes);
    }
    if (LegacyTorchFile.isOne(bytes)) {
      return LegacyTorchFile.read(path, bytes);
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    try (var file = SafetensorsFile.open(path)) {
      for (TensorHeader header : file.tensors()) {
        long elements = header.bytes() / header.type().bytes();
        List<Long> strides = TensorView.rowMajor(header.shape());
        var view =
            new TensorView(header.name(), header.type(), elements, 0, header.shape(), strides);
        ByteBuffer values = file.values(header.name());
        tensors.put(header.name(), new StoredTensor(view, () -> values));
      }
      return new WeightsFile(path, List.of(new StateDict("", tensors, Map.of())), file.metadata());
    } catch (IOException e) {
      throw new UnreadableWeights(
          "it is neither safetensors nor a file of torch.save (%s)"
              .formatted(String.valueOf(e.getMessage()).replaceFirst("^.*safetensors file: ", "")),
          e);
    }
  }

  private static Path file(Path given) {
    if (!Files.isDirectory(given)) {
      return given;
    }
    List<Path> entries;
    try (var all = Files.list(given)) {
      entries = all.sorted().toList();
    } catch (IOException e) {
      throw TrainingFailure.unreadable(given, e);
    }
    List<Path> indexes = entries.stream().filter(Shards::isIndex).toList();
    List<Path> found =
        Stream.concat(
                indexes.stream(),
                entries.stream()
                    .filter(path -> ENDINGS.stream().anyMatch(name(path)::endsWith))
                    .filter(path -> indexes.isEmpty() || !Shards.isPart(path)))
            .toList();
    if (found.size() > 1 && found.stream().allMatch(path -> TWINS.contains(name(path)))) {
      return found.get(0); // which is the safetensors, for m comes before p
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw badWeights(
        "%s must hold exactly one file of weights (%s), or model.pretrained.source name one; it holds %s"
            .formatted(
                given,
                String.join(", ", ENDINGS),
                found.isEmpty()
                    ? "none"
                    : found.stream().map(WeightsFile::name).collect(Collectors.joining(", "))));
  }

  static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  static TrainingFailure unreadable(Path path, UnreadableWeights e) {
    return badWeights("%s does not serve as weights: %s".formatted(path, e.getMessage()));
  }

  static TrainingFailure badWeights(String message) {
    return new TrainingFailure(
        training.fusion.api.run.ExitCode.BAD_CONFIGURATION, "BadWeights", message, null);
  }
}
