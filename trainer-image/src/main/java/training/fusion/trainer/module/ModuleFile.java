package training.fusion.trainer.module;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.weights.MappedFile;
import training.fusion.trainer.weights.Pickle;
import training.fusion.trainer.weights.PickledObject;
import training.fusion.trainer.weights.TorchArchive;
import training.fusion.trainer.weights.UnreadableWeights;

/**
 * A file of {@code torch.jit.save}, read without running any of it: the texts of its classes, and
 * the names, shapes and types of its tensors.
 */
public final class ModuleFile {
  /** The field that errors name. */
  static final String FIELD = "model.module";

  /** Where the format's number is if a file has operators that were changed since format 5. */
  static final String NEWER_VERSION = ".data/version";

  private static final long LARGEST_PICKLE = 64L << 20;

  /** The newest format that the libtorch here reads, as its kMaxSupportedFileFormatVersion. */
  private static final int NEWEST_FORMAT = 10;

  private static final List<String> ENDINGS = List.of(".pt", ".pth", ".ts", ".torchscript");

  private static final Pattern NORM =
      Pattern.compile(
          "torch\\.(batch_norm)\\([^\\n]*, (True|False), [-\\d.e]+, [-\\d.e]+, (?:True|False)\\)");
  private static final Pattern DROPOUT =
      Pattern.compile(
          "torch\\.((?:feature_|alpha_|feature_alpha_)?dropout_?)\\([^\\n]*, [-\\d.e]+, (True|False)\\)");

  /** Dropout between layers; what follows it is whether it is in training, and the direction. */
  private static final Pattern RECURRENT =
      Pattern.compile(
          "torch\\.(lstm|gru|rnn_tanh|rnn_relu)\\([^\\n]*, (?:True|False), \\d+, (?=[\\d.e-]*[1-9])[\\d.e-]+, (True|False), (?:True|False)(?:, (?:True|False))?\\)");

  /** Of a trace of eval() it has no dropout, and says nothing. */
  private static final Pattern ATTENTION =
      Pattern.compile(
          "torch\\.(scaled_dot_product_attention)\\([^\\n]*, (?=[\\d.e-]*[1-9])[\\d.e-]+(?:, (?:True|False))?(?:, scale=[^\\n]*)?\\)");

  private final Path path;
  private final TorchArchive archive;
  private final Map<String, ScriptedClass> classes;
  private final PickledObject root;
  private final ScriptedModules modules;

  private ModuleFile(
      Path path,
      TorchArchive archive,
      Map<String, ScriptedClass> classes,
      PickledObject root,
      ScriptedModules modules) {
    this.path = path;
    this.archive = archive;
    this.classes = classes;
    this.root = root;
    this.modules = modules;
  }

  /**
   * Opens a file, or the only one of its kind in a folder.
   *
   * @throws TrainingFailure naming the file: it is not there, damaged, or no module that can be
   *     trained
   */
  public static ModuleFile open(Path given) {
    Path path = file(given);
    try {
      return read(path, MappedFile.of(path));
    } catch (UnreadableWeights e) {
      throw unfit(path, String.valueOf(e.getMessage()));
    } catch (PlainFile.Otherwise e) {
      throw unfit(path, e.getMessage());
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badConfiguration(
          "%s, which should hold the network of spec.%s, is not there".formatted(path, FIELD));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(path, e);
    }
  }

  private static Path file(Path given) {
    if (!Files.isDirectory(given)) {
      return given;
    }
    List<Path> found;
    try (var all = Files.list(given)) {
      found =
          all.filter(p -> ENDINGS.stream().anyMatch(String.valueOf(p.getFileName())::endsWith))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw TrainingFailure.unreadable(given, e);
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw TrainingFailure.badConfiguration(
        "%s must hold exactly one TorchScript file (%s), or %s.source name one; it holds %s"
            .formatted(
                given,
                String.join(", ", ENDINGS),
                FIELD,
                found.isEmpty()
                    ? "none"
                    : found.stream()
                        .map(p -> String.valueOf(p.getFileName()))
                        .collect(Collectors.joining(", "))));
  }

  private static ModuleFile read(Path path, ByteBuffer bytes)
      throws IOException, UnreadableWeights {
    if (!TorchArchive.isOne(bytes)) {
      throw new UnreadableWeights(
          looksLikeSafetensors(bytes)
              ? "it is a safetensors file, which has weights and no network; save the module with torch.jit.script(net).save(file)"
              : "it is no zip archive, as torch.jit.save writes them; save the module with torch.jit.script(net).save(file)");
    }
    TorchArchive archive = TorchArchive.of(bytes);
    Map<String, ScriptedClass> classes = new HashMap<>();
    var code = new StringBuilder();
    for (String name : archive.names()) {
      if (name.startsWith("code/") && name.endsWith(".py")) {
        String text = text(archive, name);
        code.append(text);
        ScriptedClass.in(name.substring("code/".length()), text)
            .forEach(found -> classes.put(found.name(), found));
      }
    }
    if (code.isEmpty() || !archive.names().contains("constants.pkl")) {
      throw new UnreadableWeights(
          archive.names().contains("data.pkl")
              ? "it is a file of torch.save, which has weights and no code; save the module with torch.jit.script(net).save(file)"
              : "it is a zip archive without TorchScript code; save the module with torch.jit.script(net).save(file)");
    }
    checkFormat(archive);
    archive.checkByteOrder();
    ByteBuffer pickle = archive.find("data.pkl");
    if (pickle == null || pickle.remaining() > LARGEST_PICKLE) {
      throw new UnreadableWeights(
          pickle == null ? "it has no data.pkl" : "its data.pkl is too large");
    }
    if (!(Pickle.read(pickle) instanceof PickledObject root) || classes.get(root.name()) == null) {
      throw new UnreadableWeights("its data.pkl holds no module of its code");
    }
    refuseTrace(code);
    var modules = ScriptedModules.of(root, classes);
    for (ScriptedTensor parameter : modules.parameters()) {
      checkValues(archive, parameter);
    }
    for (ScriptedTensor buffer : modules.buffers()) {
      archive.storage(buffer.view()); // a damaged or missing one is told now
    }
    return new ModuleFile(path, archive, classes, root, modules);
  }

  /**
   * Of what is not finite a training would say, after its first step, that its rate is too high.
   */
  private static void checkValues(TorchArchive archive, ScriptedTensor parameter)
      throws IOException, UnreadableWeights {
    try {
      archive.floats(parameter.view());
    } catch (UnreadableWeights e) {
      throw new UnreadableWeights(
          "its parameter %s: %s".formatted(parameter.name(), e.getMessage()), e);
    }
  }

  private static boolean looksLikeSafetensors(ByteBuffer bytes) {
    return bytes.limit() > Long.BYTES && bytes.get(Long.BYTES) == '{' && bytes.getLong(0) > 0;
  }

  private static String text(TorchArchive archive, String name) throws UnreadableWeights {
    ByteBuffer bytes = archive.find(name);
    return bytes == null ? "" : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private static void checkFormat(TorchArchive archive) throws UnreadableWeights {
    String format = (text(archive, "version") + text(archive, NEWER_VERSION)).strip();
    if (!format.matches("\\d{1,4}") || Integer.parseInt(format) > NEWEST_FORMAT) {
      throw new UnreadableWeights(
          "its format is %s, and the libtorch here reads those up to %d; save it with PyTorch 2.3 or an earlier one"
              .formatted(format.isEmpty() ? "not told" : "number " + format, NEWEST_FORMAT));
    }
  }

  /**
   * A trace has the mode that it was taken in for ever: nothing in it asks for {@code training}.
   */
  private static void refuseTrace(CharSequence code) throws UnreadableWeights {
    if (code.toString().contains(".training")) {
      return;
    }
    for (Pattern pattern : List.of(NORM, DROPOUT, RECURRENT, ATTENTION)) {
      Matcher call = pattern.matcher(code);
      if (call.find()) {
        boolean training =
            call.groupCount() < 2 || Boolean.parseBoolean(call.group(2).toLowerCase(Locale.ROOT));
        throw new UnreadableWeights(
            "it is a trace of %s(), and its %s stays so in %s too; save it with torch.jit.script(net).save(file)"
                .formatted(
                    training ? "train" : "eval",
                    call.group(1),
                    training ? "evaluations" : "training"));
      }
    }
  }

  /** A refusal of the file. */
  static TrainingFailure unfit(Path path, String why) {
    return TrainingFailure.badConfiguration(
        "%s does not serve as spec.%s: %s".formatted(path, FIELD, why));
  }

  TrainingFailure unfit(String why) {
    return unfit(path, why);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * An entry's bytes.
   *
   * @throws TrainingFailure if it is damaged
   */
  ByteBuffer entry(String name) {
    try {
      ByteBuffer bytes = archive.find(name);
      return bytes == null ? ByteBuffer.allocate(0) : bytes;
    } catch (UnreadableWeights e) {
      throw unfit(String.valueOf(e.getMessage()));
    }
  }

  TorchArchive archive() {
    return archive;
  }

  /** The outermost module's class. */
  ScriptedClass rootClass() {
    return Objects.requireNonNull(classes.get(root.name()));
  }

  ScriptedModules modules() {
    return modules;
  }

  /**
   * A digest of all but its numbers: what it computes, and with which modules. A trained file has
   * the same as the one that it began with.
   */
  public String program() {
    MessageDigest digest = Sha256.begin();
    for (String name : new TreeSet<>(archive.names())) {
      boolean numbers =
          name.startsWith("data/") || name.startsWith(".data/") || name.startsWith("extra/");
      if (!numbers && !name.endsWith(".debug_pkl") && !name.endsWith("/")) {
        Sha256.addLine(digest, name);
        digest.update(entry(name).duplicate());
      }
    }
    return Sha256.hex(digest);
  }

  /** What people call the network: the name of its class. */
  public String label() {
    return rootClass().simpleName();
  }

  /** Trainable elements. */
  public long size() {
    return modules.parameters().stream().mapToLong(ScriptedTensor::size).sum();
  }
}
