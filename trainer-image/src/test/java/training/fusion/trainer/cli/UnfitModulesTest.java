package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.Logged;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.process.StopSignal;

/** Files are those of {@code oracle/unfit_modules.py}; forty pictures of ten classes. */
@Tag("libtorch")
@DisplayName("A network of one's own")
class UnfitModulesTest {
  private static final Path FILES = Path.of("src/test/golden/unfit-modules.zip");
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: unfit}
      spec:
        model: {module: {source: {persistentVolumeClaim: {claimName: nets}}, blocks: %s}}
        dataset:
          format: IDX
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.25, test: 0.25, seed: 0}
        optimization: {%s}
        training: {epochs: 1, imageSize: 32, seed: 1, %s}
        pod: {gpu: {count: 0}}
      """;

  private static final String SINGLE = "single: {optimizer: {type: SGD, learningRate: 1e-3}}";
  private static final String BATCHES = "batchSize: 10";

  private static final Set<String> TRIED = new TreeSet<>();

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private static Path folder;

  @BeforeAll
  static void files() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(40, 28, 28), IdxFiles.cyclicLabels(40, 10));
    try (var zip = new ZipFile(FILES.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        try (InputStream content = zip.getInputStream(entry)) {
          Files.write(folder.resolve(entry.getName()), content.readAllBytes());
        }
      }
    }
  }

  @Test
  @DisplayName("that is as it should be is trained, which the others then are not for its sake")
  void isTrained() throws IOException {
    TRIED.add("good");
    Logged ended = train("good", "null", SINGLE, BATCHES);
    assertThat(ended.code()).as(ended.text()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          argmax-output     | gives whole numbers or truth values of size [2], and logits are floats
          asserts           | pictures are 99 pixels high
          bfloat16          | its parameter conv.weight is BF16, and float32 is trained; save the module after net.float()
          bfloat16-buffer   | its buffer scale is BF16, which checkpoints do not keep
          big-endian        | its numbers are not little-endian
          buffers-alone     | it has buffers and no parameters: nothing can be trained
          complex           | weight is no plain tensor (a tensor of another type)
          cut-1             | its zip directory is damaged
          cut-25            | its zip directory is damaged
          cut-50            | its zip directory is damaged
          cut-75            | its zip directory is damaged
          cut-99            | its zip directory is damaged
          cut-pickle        | its pickle ends too early
          detached          | its logits depend on no parameter, as after detach()
          dict-output       | its forward returns Dict[str, Tensor], and a tensor of logits
          double            | its parameter conv.weight is F64, and float32 is trained
          empty             | it is no zip archive, as torch.jit.save writes them
          evaluation-raises | it is for training alone
          expanded          | its parameter weight has one number for several elements (expand)
          flipped           | its parameter conv.weight: data/0 is damaged: its checksum differs
          frozen            | it has no parameters, as after torch.jit.freeze
          half              | its parameter conv.weight is F16, and float32 is trained
          in-place          | a leaf Variable that requires grad is being used in an in-place operation
          infinite          | its parameter head.weight: it has a value that is not finite: Infinity
          list-argument     | its forward's argument x is of type List[Tensor], and tensors are given
          list-output       | its forward returns List[Tensor], and a tensor of logits
          map-output        | its forward gives a tensor of size [2, 4, 30, 30] for 2 inputs
          nan               | its parameter head.weight: it has a value that is not finite: NaN
          newer-version     | its format is number 99, and the libtorch here reads those up to 10
          no-argument       | its forward needs 0 arguments [], and pictures are one
          no-attribute      | libtorch can't compile its code: '__torch__.Net' object has no attribute or method 'tail'
          no-code           | it is a file of torch.save, which has weights and no code
          no-constants      | it is a file of torch.save, which has weights and no code
          no-forward        | its class NoForward has no method forward
          no-output         | its forward returns NoneType, and a tensor of logits
          no-parameters     | it has no parameters, as after torch.jit.freeze
          no-pickle         | it has no data.pkl
          no-statement      | libtorch can't compile its code: Unexpected token in code import: !
          no-storage        | its parameter conv.weight: data/0 should have 108 elements of F32 and is missing
          no-version        | its format is not told
          number-argument   | its forward's argument share is of type float, and tensors are given
          number-output     | its forward returns float, and a tensor of logits
          one-channel       | to have 1 channels, but got 3 channels instead
          one-row           | its forward gives a tensor of size [1, 10] for 2 inputs
          optional-argument | its forward's argument x is of type Optional[Tensor], and tensors are given
          other-size        | mat1 and mat2 shapes cannot be multiplied (1x32 and 28x10)
          other-zip         | it is a zip archive without TorchScript code
          pickled-module    | it is a file of torch.save, which has weights and no code
          quantized         | is a quantized.LinearPackedParamsBase, as quantized modules have them
          raises            | no pictures today
          safetensors       | it is a safetensors file, which has weights and no network
          scalar-output     | its forward gives a tensor of size [] for 2 inputs
          seven-classes     | of size [2, 7] for 2 inputs, and a logit for each of the data set's 10 classes
          shared            | second.weight is in the blocks 1 and 2 of model.module.blocks, and belongs in one: it is shared
          short-storage     | data/0 should have 108 elements of F32 and has 428 bytes
          sparse-buffer     | mask is no plain tensor (torch._utils._rebuild_sparse_tensor)
          state-dict        | it is a file of torch.save, which has weights and no code
          text              | it is no zip archive, as torch.jit.save writes them
          trace-attention   | it is a trace of train(), and its scaled_dot_product_attention stays so
          trace-dropout     | it is a trace of eval(), and its dropout stays so in training too
          trace-eval        | it is a trace of eval(), and its batch_norm stays so in training too
          trace-recurrent   | it is a trace of train(), and its gru stays so in evaluations too
          trace-train       | it is a trace of train(), and its batch_norm stays so in evaluations too
          tuple-output      | its forward returns Tuple[Tensor, Tensor], and a tensor of logits
          two-arguments     | its forward needs 2 arguments [x, y], and pictures are one
          unknown-class     | its data.pkl holds no module of its code
          unknown-operator  | libtorch can't compile its code: Unknown builtin op: aten::meen
          uses-no-parameter | its logits depend on no parameter
          views             | its parameters weight and other are views of the same memory
          whole-numbers     | gives whole numbers or truth values of size [2, 10]
          without-gradient  | its logits depend on no parameter, as after detach() or under torch.no_grad()
          """)
  @DisplayName("that can't be trained is refused in one sentence, with its file and field")
  void isRefused(String name, String says) throws IOException {
    TRIED.add(name);
    Logged ended = train(name, "null", SINGLE, BATCHES);
    assertThat(ended.code()).as(ended.text()).isEqualTo(64);
    assertThat(ended.errors())
        .contains(name + ".pt does not serve as spec.model.module: ")
        .contains(says)
        .doesNotContain("\n", "0x");
    assertThat(ended.text()).doesNotContain("\tat ");
  }

  /** Of the good one these are conv, norm and head. */
  @ParameterizedTest(name = "{0}; {1}; {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          [[conv], [head]] |  |  | spec.model.module: its parameter norm.weight is in no block of model.module.blocks
          [[conv, nor], [head]] |  |  | spec.model.module: its parameter norm.weight is in no block of model.module.blocks
          [[conv, norm], [norm, head]] |  |  | its parameter norm.weight is in the blocks 0 and 1 of model.module.blocks
          [[conv.weight, norm], [conv], [head]] |  |  | its parameter conv.weight is in the blocks 0 and 1 of model.module.blocks
          [[conv], [norm], [head, tail]] |  |  | no parameter's name is or begins with tail, which stands in model.module.blocks[2]
          [[conv], [norm], [head], [drop]] |  |  | begins with drop, which stands in model.module.blocks[3]
          null | fusion: {lowLevel: {lastBlock: 2, optimizer: {type: Adam}}, highLevel: {optimizer: {type: SGD}}} |  | spec.optimization.fusion.lowLevel.lastBlock must be 0–1, but is 2
          [[conv, norm, head]] | fusion: {lowLevel: {lastBlock: 0, optimizer: {type: Adam}}, highLevel: {optimizer: {type: SGD}}} |  | spec.optimization.fusion.lowLevel.lastBlock: the network has blocks 0–0, and none is left for this level
          null | levels: [{lastBlock: 1, optimizer: {type: Adam}}, {lastBlock: 7, optimizer: {type: SGD}}, {optimizer: {type: SGD}}] |  | spec.optimization.levels[1].lastBlock: the network has blocks 0–2, and none is left for this level; end the one before it earlier
          null |  | batchSize: 1 | training.batchSize is 1, but batch norm needs at least 2 images
          """)
  @DisplayName("is not trained in blocks that are none of its, or as none is")
  void isRefusedByItsTraining(String blocks, String optimization, String training, String says)
      throws IOException {
    Logged ended =
        train(
            "good",
            blocks,
            optimization == null ? SINGLE : optimization,
            training == null ? BATCHES : training);
    assertThat(ended.code()).as(ended.text()).isEqualTo(64);
    assertThat(ended.errors()).contains(says).doesNotContain("\n");
  }

  private static Logged train(String name, String blocks, String optimization, String training)
      throws IOException {
    Path yaml =
        Files.writeString(
            folder.resolve("training.yaml"), TRAINING.formatted(blocks, optimization, training));
    return Assertions.assertTimeoutPreemptively(
        LONGEST,
        () ->
            Logged.during(
                () ->
                    FusionTrainer.commandLine(new StopSignal())
                        .execute(
                            "train",
                            yaml.toString(),
                            "--data=" + folder.resolve("data"),
                            "--weights=" + folder.resolve(name + ".pt"),
                            "--output=" + folder.resolve("out-" + name))));
  }

  @AfterAll
  static void allWereTried() throws IOException {
    try (var zip = new ZipFile(FILES.toFile())) {
      assertThat(TRIED)
          .containsExactlyElementsOf(
              zip.stream().map(entry -> entry.getName().replace(".pt", "")).sorted().toList());
    }
  }
}
