package training.fusion.trainer.model.architecture;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;

/** A program of somebody else, in which a network's statements are compiled. */
public interface ProgramHost {
  /**
   * Compiles methods into it.
   *
   * @param methods as those of a program on its own, and {@code self.net} is the other program;
   *     {@code initial} gives its parameters and buffers, arranged for training
   */
  PtSymbolBlock compile(NDManager manager, String methods);

  /**
   * What somebody is to be told of a failure in the other program: of one that has not computed
   * yet, that it does not serve; of one that has, what it is not to blame for stays as it is.
   *
   * @param failure of libtorch
   * @param proven whether a pass of each kind that is asked of it has succeeded before
   */
  RuntimeException failure(RuntimeException failure, boolean proven);
}
