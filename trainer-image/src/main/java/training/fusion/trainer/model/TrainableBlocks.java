package training.fusion.trainer.model;

import java.util.List;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * The range of blocks that gradients go through; the head's number is the number of blocks. What
 * lies before it is run without recording, so a frozen low level costs no backward pass.
 */
public record TrainableBlocks(int first, int last) {
  /** All blocks and the head. */
  public static TrainableBlocks all(ArchitectureTable table) {
    return new TrainableBlocks(0, table.blocks());
  }

  int firstParameter(ArchitectureTable table) {
    List<ParameterSpec> parameters = table.parameters();
    int index = 0;
    while (parameters.get(index).block() < first) {
      index++;
    }
    return index;
  }

  int endParameter(ArchitectureTable table) {
    List<ParameterSpec> parameters = table.parameters();
    int index = parameters.size();
    while (parameters.get(index - 1).block() > last) {
      index--;
    }
    return index;
  }
}
