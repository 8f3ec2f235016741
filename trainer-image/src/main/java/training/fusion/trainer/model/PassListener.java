package training.fusion.trainer.model;

/** Hears which pass of a step begins. A micro-batch has both. */
public interface PassListener {
  /** From the images to the loss. */
  void forwardBegins();

  /** From the loss to the gradients. */
  void backwardBegins();

  /** Of all parameters, or of some between the passes of others. */
  void updateBegins();
}
