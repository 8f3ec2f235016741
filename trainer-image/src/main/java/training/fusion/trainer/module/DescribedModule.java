package training.fusion.trainer.module;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.ProgramSettings;

/**
 * What a run writes down of somebody's own network, for whoever reads of the run without the file.
 *
 * @param label what people call it
 * @param file where it was read
 * @param program {@link ModuleFile#program}: a run goes on with the one that it began with
 * @param smallestBatch samples that a pass in training mode needs
 * @param blocks the first one first, the head last
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DescribedModule(
    String label, String file, String program, int smallestBatch, List<Block> blocks) {
  /**
   * A block.
   *
   * @param what its prefixes
   * @param parameters its trainable elements
   */
  public record Block(String what, long parameters) {}

  public DescribedModule {
    blocks = List.copyOf(blocks);
  }

  /** That of a network; null: it is known by name. */
  public static @Nullable DescribedModule of(NetworkKind kind) {
    if (!(kind.definition() instanceof ModuleDefinition module)) {
      return null;
    }
    List<Block> blocks = new ArrayList<>();
    for (int block = 0; block <= kind.blocks(); block++) {
      blocks.add(new Block(module.describe(block), module.blocks().parametersIn(block)));
    }
    ModuleFile file = module.file();
    return new DescribedModule(
        kind.label(),
        file.path().toAbsolutePath().normalize().toString(),
        file.program(),
        kind.smallestBatch(),
        blocks);
  }

  /** A table of these blocks, with a parameter for each. */
  public ArchitectureTable table() {
    int head = blocks.size() - 1;
    return ArchitectureTable.of(
        new NetworkKind(label, null, new Summed(blocks), head, head - 1, smallestBatch), 2, 1);
  }

  private record Summed(List<Block> blocks) implements OwnDefinition {
    @Override
    public ArchitectureProgram program(ProgramSettings settings) {
      return new ArchitectureProgram() {
        @Override
        public List<ParameterSpec> parameters() {
          List<ParameterSpec> sums = new ArrayList<>();
          for (Block block : blocks) {
            sums.add(
                new ParameterSpec(
                    block.what(),
                    new Shape(block.parameters()),
                    sums.size(),
                    Initialization.BROUGHT,
                    1,
                    false));
          }
          return sums;
        }

        @Override
        public List<BufferSpec> buffers() {
          return List.of();
        }

        @Override
        public String statements(boolean train) {
          throw new UnsupportedOperationException("it is described, and not here");
        }

        @Override
        public List<String> blocks() {
          throw new UnsupportedOperationException("it is described, and not here");
        }
      };
    }

    @Override
    public String describe(int block) {
      return blocks.get(block).what();
    }
  }
}
