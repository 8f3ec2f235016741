package training.fusion.trainer.checkpoint;

import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset.Normalization;
import training.fusion.api.Pretrained;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.safetensors.FileDigest;

/**
 * What a checkpoint's folder holds; written last of its files, so a folder without it is none.
 *
 * @param contractVersion {@link RunConfiguration#CONTRACT_VERSION} of the trainer that wrote it
 * @param runKey the run it belongs to
 * @param machine what it was trained on
 * @param variant whose padding, epsilons and preprocessing the weights follow
 * @param epsilon of the network's norms; null in older ones, and so is the normalization: then they
 *     are the variant's usual ones
 * @param normalization mean and std that the weights go with; the training may say otherwise
 * @param dataset what was trained on; absent in those of older trainers
 * @param files name → size and hash
 */
public record Manifest(
    int contractVersion,
    String runKey,
    CheckpointStore.Machine machine,
    Pretrained.Variant variant,
    @Nullable Double epsilon,
    @Nullable Normalization normalization,
    RunState state,
    @Nullable DatasetDigest dataset,
    SortedMap<String, FileDigest> files) {
  /** Name of the file in a checkpoint's folder. */
  static final String FILE = "manifest.json";

  /** The manifest's own sha256: a flipped bit in a counter would else go unnoticed. */
  static final String DIGEST_FILE = "manifest.sha256";

  /** Parameters and buffers. */
  static final String MODEL = "model.safetensors";

  /** The optimizer's state; with a moving average of the weights, that too. */
  static final String OPTIMIZER = "optimizer.safetensors";

  public Manifest {
    variant = Objects.requireNonNullElse(variant, Pretrained.Variant.TORCHVISION); // older ones
    files = new TreeMap<>(Map.copyOf(files));
    Objects.requireNonNull(runKey, "runKey");
    Objects.requireNonNull(machine, "machine");
    Objects.requireNonNull(state, "state");
  }
}
