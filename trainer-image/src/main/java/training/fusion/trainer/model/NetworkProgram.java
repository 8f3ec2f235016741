package training.fusion.trainer.model;

import training.fusion.trainer.model.InputAugmentation.Erasing;

/**
 * The TorchScript methods of a network: {@code forward} (loss, correct, logits, gradients), which
 * is {@code predict} and {@code differentiate} in one call, {@code evaluate} (logits, summed loss),
 * and what moves tensors in place. Pictures come in as stored, unsigned bytes; resizing and
 * normalisation happen in the program, on the device.
 */
final class NetworkProgram {
  private static final String SELF = "(self: __torch__.Program, ";

  private NetworkProgram() {}

  /**
   * The text of the program.
   *
   * @param firstTrainable index of the first parameter that gets a gradient
   * @param endTrainable index after the last one
   */
  static String text(
      NetworkSettings settings, ArchitectureProgram network, int firstTrainable, int endTrainable) {
    return predict(settings, network, firstTrainable, endTrainable)
        + DIFFERENTIATE
        + forward(settings)
        + evaluate(settings, network)
        + ARRANGE
        + REDUCE
        + COPY
        + GradientSum.ACCUMULATE;
  }

  /** Loss with its graph, correct, logits, and the leaves that the loss is differentiated by. */
  private static String predict(
      NetworkSettings settings, ArchitectureProgram network, int first, int end) {
    boolean weighted = settings.classWeights() != null;
    return "  def predict"
        + SELF
        + arguments(settings)
        + buffers(network)
        + "    p = annotate(List[Tensor], [])\n"
        + "    leaves = annotate(List[Tensor], [])\n"
        + "    for i in range("
        + network.parameters().size()
        + "):\n"
        + "      q = torch.detach(state[i])\n"
        + "      if i >= "
        + first
        + " and i < "
        + end
        + ":\n"
        + "        q = torch.requires_grad_(q, True)\n"
        + "        leaves = torch.append(leaves, q)\n"
        + "      p = torch.append(p, q)\n"
        + InputProgram.text(settings, true)
        + network.statements(true)
        + target(settings)
        + "    loss = torch.cross_entropy_loss(h, t, %s, 1, -100, "
            .formatted(weighted ? "weights" : "None")
        + settings.labelSmoothing()
        + ")\n"
        + "    logits = torch.detach(h)\n"
        + "    correct = torch.sum(torch.eq(torch.argmax(logits, 1), y))\n"
        + "    return torch.add([loss, correct, logits], leaves)\n";
  }

  /**
   * Labels; or, of mixed images, what shares they have of which classes. Then {@code y} is the
   * label that has most of an image: torchvision's reference counts by it what is correct.
   */
  private static String target(NetworkSettings settings) {
    return settings.augmentation().mixes()
        ? "    t = torch.to(torch.one_hot(y, %d), 6)\n".formatted(settings.classes())
            + "    t = torch.add(torch.mul(t, torch.select(mixed, 0, 6)), torch.mul(torch.roll(t, [1], [0]), torch.select(mixed, 0, 7)))\n"
            + "    y = torch.argmax(t, 1)\n"
        : "    t = y\n";
  }

  private static final String DIFFERENTIATE =
      "  def differentiate"
          + SELF
          + "loss: Tensor, leaves: List[Tensor]) -> List[Tensor]:\n"
          + "    out = annotate(List[Tensor], [])\n"
          + "    for g in torch.grad([loss], leaves):\n"
          + "      out = torch.append(out, torch.to(unchecked_cast(Tensor, g), 6))\n" // of bf16
          // operands
          + "    return out\n";

  private static String forward(NetworkSettings settings) {
    return "  def forward"
        + SELF
        + arguments(settings)
        + "    out = (self).predict(state, x, y, norm%s)\n"
            .formatted(more(settings).replace(": Tensor", ""))
        + "    gradients = (self).differentiate(out[0], torch.slice(out, 3))\n"
        + "    return torch.add([torch.detach(out[0]), out[1], out[2]], gradients)\n";
  }

  private static String arguments(NetworkSettings settings) {
    return "state: List[Tensor], x: Tensor, y: Tensor, norm: Tensor"
        + more(settings)
        + ") -> List[Tensor]:\n";
  }

  /** What only some networks are trained with, in the order in which {@link Network} passes it. */
  private static String more(NetworkSettings settings) {
    return (settings.classWeights() != null ? ", weights: Tensor" : "")
        + (settings.augmentation().erasing() != Erasing.NONE ? ", erased: Tensor" : "")
        + (settings.augmentation().mixes() ? ", mixed: Tensor" : "");
  }

  private static String evaluate(NetworkSettings settings, ArchitectureProgram network) {
    return "  def evaluate"
        + SELF
        + "state: List[Tensor], x: Tensor, y: Tensor, norm: Tensor) -> List[Tensor]:\n"
        + "    p = state\n"
        + buffers(network)
        + InputProgram.text(settings, false)
        + network.statements(false)
        + "    return [h, torch.cross_entropy_loss(h, y, None, 2, -100, 0.)]\n";
  }

  /** The buffers come after the parameters, in one list: DJL cannot pass an empty one. */
  private static String buffers(ArchitectureProgram network) {
    return "    b = torch.slice(state, %d)\n".formatted(network.parameters().size());
  }

  /**
   * Copies of tensors, four-dimensional ones in the memory format that convolutions read. Always
   * copies: what Java made of an array borrows that array's memory.
   */
  private static final String ARRANGE =
      "  def arrange"
          + SELF
          + "tensors: List[Tensor]) -> List[Tensor]:\n"
          + "    out = annotate(List[Tensor], [])\n"
          + "    for t in tensors:\n"
          + "      if torch.dim(t) == 4:\n"
          + "        out = torch.append(out, torch.clone(t, memory_format=2))\n"
          + "      else:\n"
          + "        out = torch.append(out, torch.clone(t))\n"
          + "    return out\n";

  /** Copies in bf16, each in its tensor's memory format. */
  private static final String REDUCE =
      "  def reduce"
          + SELF
          + "tensors: List[Tensor]) -> List[Tensor]:\n"
          + "    out = annotate(List[Tensor], [])\n"
          + "    for t in tensors:\n"
          + "      out = torch.append(out, torch.to(t, 15))\n" // 15: torch.bfloat16
          + "    return out\n";

  /** Copies values in place, whatever the memory formats. */
  private static final String COPY =
      "  def copy"
          + SELF
          + "to: List[Tensor], source: List[Tensor]) -> None:\n"
          + "    torch._foreach_copy_(to, source)\n"
          + "    return None\n";
}
