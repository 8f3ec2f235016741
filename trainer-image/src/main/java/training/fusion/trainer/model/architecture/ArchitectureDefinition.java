package training.fusion.trainer.model.architecture;

import java.util.Map;
import training.fusion.api.Training.Precision;

/** A network's table: its extents, and what turns them into a program. */
public interface ArchitectureDefinition {
  /** Parameters, buffers and statements for these settings. */
  ArchitectureProgram program(ProgramSettings settings);

  /** A block in words; the number after the last block's asks for the head. */
  String describe(int block);

  /** The variant of the library that names the network, for weights that come from nowhere else. */
  Variant variant();

  /** The variant's epsilons by the kind of their norm: batchNorm, layerNorm. */
  Map<String, Double> epsilons(Variant variant);

  /** Bytes that a forward pass keeps of an image for the backward pass, as measured. */
  double activationBytes(int imageSize, Precision precision);
}
