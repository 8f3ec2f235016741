package training.fusion.trainer.model.architecture;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An architecture at one size: its parameters and buffers in torchvision's order, and TorchScript
 * statements over them. In the statements {@code p} is the list of parameters, {@code b} the list
 * of buffers and {@code h} the value under way.
 */
public interface ArchitectureProgram {
  List<ParameterSpec> parameters();

  List<BufferSpec> buffers();

  /**
   * Statements that take {@code h} from the normalised images, [images, 3, height, width] fp32
   * channels-last, to the logits, [images, classes] fp32.
   *
   * @param train whether dropout is applied and batch norms gather their running statistics
   */
  String statements(boolean train);

  /**
   * The training statements of each block, the head's last. Nothing goes from one to the next but
   * {@code h}.
   */
  List<String> blocks();

  /** Where it is compiled and what it begins with; null: on its own, and with drawn weights. */
  default @Nullable ProgramHost host() {
    return null;
  }
}
