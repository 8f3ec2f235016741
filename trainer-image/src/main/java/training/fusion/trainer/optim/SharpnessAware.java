package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.ScriptArchive;
import training.fusion.trainer.model.StateCopy;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * Sharpness-aware minimization (Foret et al. 2021, arXiv 2010.01412, algorithm 1): the gradients
 * that move the weights w are those at w + ρ·g / ‖g‖, where g are the gradients at w of all that is
 * trained. Batch norms' statistics come back with the weights: as in the authors' own training,
 * what is computed at the other point leaves nothing in them, for the network is evaluated at w.
 */
final class SharpnessAware implements AutoCloseable {
  /** Added to the norm, as in other implementations: a gradient of zeros leads nowhere. */
  private static final double EPSILON = 1e-12;

  private static final String CLIMB =
      """
        def climb(self: __torch__.Program, params: List[Tensor], grads: List[Tensor], rho: float) -> None:
          norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(grads, 2)))
          torch._foreach_mul_(grads, torch.mul(torch.reciprocal(torch.add(norm, %s)), rho))
          torch._foreach_add_(params, grads)
          return None
      """
          .formatted(EPSILON);

  private final double rho;
  private final NDManager manager;
  private final PtSymbolBlock program;

  private final PtNDArray[] parameters;
  private final PtNDArray[] live;
  private final PtNDArray[] kept;

  SharpnessAware(Network network, double rho) {
    this.rho = rho;
    this.manager = network.manager().newSubManager();
    this.program = ScriptArchive.compile(manager, OptimizerProgram.STATE_METHODS + CLIMB);
    Map<String, NDArray> state = network.state();
    List<NDArray> moved = new ArrayList<>();
    for (ParameterSpec spec : network.table().parameters()) {
      if (network.differentiates(spec)) {
        moved.add(Objects.requireNonNull(state.get(spec.name())));
      }
    }
    this.parameters = GroupState.array(moved);
    for (BufferSpec spec : network.table().buffers()) {
      if (!spec.isConstant()) {
        moved.add(Objects.requireNonNull(state.get(spec.name())));
      }
    }
    this.live = GroupState.array(moved);
    this.kept = GroupState.zeros(live, program, manager);
  }

  /**
   * Moves the weights to where their step's gradients are to be computed. The host does not wait
   * for the device.
   *
   * @param gradients at the weights; freed
   */
  void climb(List<NDArray> gradients) {
    StateCopy.copy(kept, live, program);
    try (IValue to = IValue.listFrom(parameters);
        IValue list = IValue.listFrom(GroupState.array(gradients));
        IValue distance = IValue.from(rho);
        IValue none = IValueUtils.runMethod(program, "climb", to, list, distance)) {
      assert none != null;
    }
    gradients.forEach(NDArray::close);
  }

  /** Brings weights and statistics back to what they were, bit for bit. */
  void comeBack() {
    StateCopy.copy(live, kept, program);
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
