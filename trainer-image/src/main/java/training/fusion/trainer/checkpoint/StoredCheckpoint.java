package training.fusion.trainer.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.safetensors.SafetensorsFile;

/** A checkpoint whose files were found to be whole. */
public record StoredCheckpoint(Path folder, Manifest manifest) {
  /** A checkpoint that cannot be used; the message says why. */
  static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  /** Reads a checkpoint's manifest and compares every file with it. */
  static StoredCheckpoint verified(Path folder) throws IOException, DamagedException {
    Manifest manifest = readManifest(folder);
    if (manifest.contractVersion() != RunConfiguration.CONTRACT_VERSION) {
      throw new DamagedException(
          "it has version %d, this trainer reads version %d"
              .formatted(manifest.contractVersion(), RunConfiguration.CONTRACT_VERSION));
    }
    if (!manifest.files().keySet().equals(Set.of(Manifest.MODEL, Manifest.OPTIMIZER))) {
      throw new DamagedException("its manifest names other files than those of a checkpoint");
    }
    for (var file : manifest.files().entrySet()) {
      verify(folder.resolve(file.getKey()), file.getValue());
    }
    for (RunState.Weights best : manifest.state().bestWeights()) {
      verify(folder.resolveSibling(best.file()), best.digest());
    }
    return new StoredCheckpoint(folder, manifest);
  }

  static Manifest readManifest(Path folder) throws IOException, DamagedException {
    Path file = folder.resolve(Manifest.FILE);
    if (!Files.isRegularFile(file)) {
      throw new DamagedException(Manifest.FILE + " is missing");
    }
    Path digest = folder.resolve(Manifest.DIGEST_FILE);
    if (!Files.isRegularFile(digest)) {
      throw new DamagedException(Manifest.DIGEST_FILE + " is missing");
    }
    String written = new String(Files.readAllBytes(digest), StandardCharsets.ISO_8859_1).strip();
    if (!FileDigest.of(file).sha256().equals(written)) {
      throw new DamagedException(
          "%s is not what was written: its sha256 differs from %s"
              .formatted(Manifest.FILE, Manifest.DIGEST_FILE));
    }
    try {
      return JsonFile.parse(file, Manifest.class);
    } catch (JsonFile.Foreign e) {
      throw new DamagedException(
          Manifest.FILE + " is not what the trainer wrote: " + e.getMessage());
    }
  }

  private static void verify(Path file, FileDigest expected) throws IOException, DamagedException {
    if (!Files.isRegularFile(file)) {
      throw new DamagedException(file.getFileName() + " is missing");
    }
    if (Files.size(file) != expected.bytes()) {
      throw new DamagedException(
          "%s has %d bytes instead of %d"
              .formatted(file.getFileName(), Files.size(file), expected.bytes()));
    }
    if (!FileDigest.of(file).equals(expected)) {
      throw new DamagedException(
          "%s is not what was written: its sha256 differs".formatted(file.getFileName()));
    }
  }

  /** Parameters and buffers. */
  public SafetensorsFile openModel() throws IOException {
    return SafetensorsFile.open(folder.resolve(Manifest.MODEL));
  }

  /** The optimizer's state; with a moving average of the weights, that too. */
  public SafetensorsFile openOptimizer() throws IOException {
    return SafetensorsFile.open(folder.resolve(Manifest.OPTIMIZER));
  }

  /** As reports tell it. */
  public SavedCheckpoint toReport() {
    RunState state = manifest.state();
    return new SavedCheckpoint(state.epochs(), state.step(), String.valueOf(folder.getFileName()));
  }
}
