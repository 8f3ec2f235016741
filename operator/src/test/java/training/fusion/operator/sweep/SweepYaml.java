package training.fusion.operator.sweep;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import training.fusion.api.resource.sweep.FusionSweep;

/** Sweeps for tests. */
final class SweepYaml {
  private SweepYaml() {}

  /** Two boundaries in one direction, SGD alone, two data sets, two seeds: twelve trials. */
  static final String SMALL =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionSweep
      metadata: {name: small, namespace: vision, uid: 5f0c, generation: 1}
      spec:
        parallelism: 2
        matrix:
          arms:
          - name: cnn
            model: {architecture: EfficientNetV2-S}
            training: {imageSize: 64}
            optimizations:
            - single: {optimizers: [{type: SGD, learningRate: 1e-2}]}
            - fusion:
                lastBlocks: [5, 6]
                pairs:
                - lowLevel: {optimizer: {type: Adam, learningRate: 1e-4}, maxGradNorm: 1}
                  highLevel: {optimizer: {type: SGD}}
          datasets:
          - {name: one, format: IDX, source: {persistentVolumeClaim: {claimName: a}}}
          - {name: two, format: CIFAR10, source: {persistentVolumeClaim: {claimName: b}}}
          seeds: [1, 2]
        template:
          training: {epochs: 3, imageSize: 32}
          pod: {gpu: {count: 0}}
      """;

  static FusionSweep of(String yaml) {
    return Serialization.unmarshal(yaml, FusionSweep.class);
  }

  /** A sweep of {@code examples/}. */
  static FusionSweep example(String file) {
    try {
      return of(Files.readString(Path.of("..", "examples").resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
