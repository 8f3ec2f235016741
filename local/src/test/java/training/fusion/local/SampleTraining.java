package training.fusion.local;

import io.fabric8.kubernetes.client.utils.Serialization;
import training.fusion.api.resource.FusionTraining;

/** Small trainings on {@link SampleData}. */
public final class SampleTraining {
  /** Claim of the data. */
  public static final String DATA = "sample-data";

  /** Claim of the checkpoints. */
  public static final String CHECKPOINTS = "sample-checkpoints";

  private SampleTraining() {}

  /** A training with this many epochs of 10 steps, a checkpoint after each. */
  public static FusionTraining of(String name, int epochs) {
    return Serialization.unmarshal(yaml(name, epochs), FusionTraining.class);
  }

  /** The same, which pauses after an epoch. */
  public static FusionTraining of(String name, int epochs, int pauseAfterEpoch) {
    String yaml =
        yaml(name, epochs)
            .replace("spec:\n", "spec:\n  pauseAfterEpoch: " + pauseAfterEpoch + "\n");
    return Serialization.unmarshal(yaml, FusionTraining.class);
  }

  /** The same, with its data in a folder of the claim. */
  public static FusionTraining of(String name, int epochs, String folder) {
    String yaml =
        yaml(name, epochs)
            .replace(
                "{claimName: " + DATA + "}", "{claimName: %s, path: %s}".formatted(DATA, folder));
    return Serialization.unmarshal(yaml, FusionTraining.class);
  }

  /** Network and tensors of {@link SampleData#writeOwnNetwork}, in a folder of the claim. */
  public static FusionTraining ofOwnNetwork(String name, String folder) {
    return Serialization.unmarshal(
        """
        apiVersion: fusion.training/v1alpha1
        kind: FusionTraining
        metadata:
          name: %1$s
        spec:
          model:
            module:
              source:
                persistentVolumeClaim: {claimName: %2$s, path: %3$s/net.pt}
              blocks: [[scale, features], [mix, gains], [head]]
          dataset:
            format: Tensors
            source:
              persistentVolumeClaim: {claimName: %2$s, path: %3$s/tensors}
            split: {validation: 0.25, test: 0.25, seed: 0}
          optimization:
            levels:
            - {lastBlock: 0, optimizer: {type: Adam, learningRate: 0.001}}
            - {lastBlock: 1, optimizer: {type: AdamW, learningRate: 0.001}}
            - {optimizer: {type: SGD, learningRate: 0.02, momentum: 0.9}}
          training: {epochs: 2, batchSize: 10, seed: 1}
          checkpoint:
            volume:
              persistentVolumeClaim: {claimName: %4$s}
          pod:
            gpu: {count: 0}
        """
            .formatted(name, DATA, folder, CHECKPOINTS),
        FusionTraining.class);
  }

  /** {@link #of(String, int)} as a file holds it. */
  public static String yaml(String name, int epochs) {
    return """
    apiVersion: fusion.training/v1alpha1
    kind: FusionTraining
    metadata:
      name: %s
    spec:
      model: {architecture: EfficientNetV2-S, dropout: 0, stochasticDepth: 0}
      dataset:
        format: IDX
        source:
          persistentVolumeClaim: {claimName: %s}
        split: {validation: 0.1, test: 0.1, seed: 0}
        resize: {mode: Pad}
        normalization: {mean: [0.3, 0.3, 0.3], std: [0.3, 0.3, 0.3]}
      optimization:
        fusion:
          lowLevel: {lastBlock: 5, optimizer: {type: Adam, learningRate: 0.001}}
          highLevel: {optimizer: {type: SGD, learningRate: 0.02, momentum: 0.9}}
      training: {epochs: %d, batchSize: 16, imageSize: 32, seed: 1, deterministic: true}
      checkpoint:
        volume:
          persistentVolumeClaim: {claimName: %s}
      pod:
        gpu: {count: 0}
      runPolicy: {backoffLimit: 2}
    """
        .formatted(name, DATA, epochs, CHECKPOINTS);
  }
}
