package training.fusion.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.cli.FusionTrainer;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.SafetensorsWriter;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;
import training.fusion.trainer.tracking.Python;

/**
 * A model trained here, in the libraries themselves, whichever versions FUSION_PYTHON has: {@code
 * oracle/weights.py compare} loads it there. Skipped, and said so, where they are not installed.
 */
@Tag("process")
@NullUnmarked
class ExportedModelTest {
  private static final Pattern DIFFERENCE =
      Pattern.compile("(\\S+): largest difference of logits (\\S+)");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "TORCHVISION_EFFICIENTNET, torchvision timm torch.jit",
    "TORCHVISION_VIT, torchvision timm transformers torch.jit",
    "TIMM_DEIT, torchvision timm torch.jit",
    "TORCHVISION_RESNET, torchvision timm torch.jit",
    "TIMM_CONVNEXT, torchvision timm torch.jit",
    "TORCHVISION_SWIN, torchvision torch.jit"
  })
  @DisplayName(
      "a model trained here gives its logits in torchvision, timm, transformers, torch.jit")
  void inTheLibraries(PublishedWeights begun, String libraries) throws Exception {
    Python.assumeHas("torch, torchvision, timm, transformers, safetensors");
    Path model = trained(begun);
    double largest = PretrainedFilesTest.writeLogits(model, begun.architecture());
    Map<String, Double> differences = compared(model);
    assertThat(differences).containsOnlyKeys(List.of(libraries.split(" ")));
    assertThat(differences.values())
        .as("%s, of logits up to %s", differences, largest)
        .allSatisfy(difference -> assertThat(difference).isLessThan(1e-5 * largest));
  }

  /** From weights of which no two are alike: norms that are still ones would hide a mix-up. */
  private Path hashed(PublishedWeights begun) throws IOException {
    List<TensorSource> sources = new ArrayList<>();
    begun
        .tensors()
        .forEach(
            (name, tensor) ->
                sources.add(
                    new TensorSource(
                        new TensorHeader(name, ElementType.F32, tensor.shape()),
                        () -> bytes(tensor))));
    Path file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(file, new TreeMap<>(), sources);
    return file;
  }

  private static ByteBuffer bytes(StoredTensor tensor) throws IOException {
    try {
      float[] values = tensor.floats();
      var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      return bytes;
    } catch (UnreadableWeights e) {
      throw new IOException(e);
    }
  }

  private Path trained(PublishedWeights begun) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(30, 28, 28), IdxFiles.cyclicLabels(30, 3));
    Path yaml =
        Files.writeString(
            folder.resolve("training.yaml"),
            """
            apiVersion: fusion.training/v1alpha1
            kind: FusionTraining
            metadata: {name: exported}
            spec:
              model:
                architecture: %s
                pretrained: {source: {persistentVolumeClaim: {claimName: w}}}
              dataset:
                format: IDX
                source: {persistentVolumeClaim: {claimName: data}}
                split: {validation: 0.1, test: 0.1, seed: 0}
                normalization: {preset: ImageNet}
              optimization: {single: {optimizer: {type: SGD, learningRate: 1e-2}}}
              training: {epochs: 1, batchSize: 24, imageSize: 64, seed: 1}
              pod: {gpu: {count: 0}}
            """
                .formatted(begun.architecture()));
    Path run = folder.resolve("run");
    assertThat(
            FusionTrainer.commandLine(new StopSignal())
                .execute(
                    "train",
                    yaml.toString(),
                    "--data=" + data,
                    "--weights=" + hashed(begun),
                    "--output=" + run))
        .isZero();
    return run;
  }

  private static Map<String, Double> compared(Path model) throws Exception {
    Process process =
        new ProcessBuilder(Python.COMMAND, "weights.py", "compare", model.toString())
            .directory(Path.of("oracle").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    Map<String, Double> differences = new HashMap<>();
    Matcher line = DIFFERENCE.matcher(said);
    while (line.find()) {
      differences.put(line.group(1), Double.valueOf(line.group(2)));
    }
    System.out.println(said);
    return differences;
  }
}
