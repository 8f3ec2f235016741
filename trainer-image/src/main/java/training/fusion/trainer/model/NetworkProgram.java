package training.fusion.trainer.model;

import training.fusion.trainer.model.NetworkSettings.Pictures;

/**
 * The TorchScript methods of a network: {@code forward} (loss, correct, logits, gradients), {@code
 * evaluate} (logits, summed loss), and what moves tensors in place. Pictures come in as stored,
 * unsigned bytes; resizing and normalisation happen in the program, on the device.
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
    return forward(settings, network, firstTrainable, endTrainable)
        + evaluate(settings, network)
        + ARRANGE
        + REDUCE
        + COPY
        + GradientSum.ACCUMULATE;
  }

  private static String forward(
      NetworkSettings settings, ArchitectureProgram network, int first, int end) {
    return "  def forward"
        + SELF
        + "state: List[Tensor], x: Tensor, y: Tensor, norm: Tensor) -> List[Tensor]:\n"
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
        + input(settings)
        + network.statements(true)
        + "    loss = torch.cross_entropy_loss(h, y, None, 1, -100, "
        + settings.labelSmoothing()
        + ")\n"
        + "    logits = torch.detach(h)\n"
        + "    correct = torch.sum(torch.eq(torch.argmax(logits, 1), y))\n"
        + "    out = [torch.detach(loss), correct, logits]\n"
        + "    for g in torch.grad([loss], leaves):\n"
        + "      out = torch.append(out, torch.to(unchecked_cast(Tensor, g), 6))\n" // of bf16
        // operands
        + "    return out\n";
  }

  private static String evaluate(NetworkSettings settings, ArchitectureProgram network) {
    return "  def evaluate"
        + SELF
        + "state: List[Tensor], x: Tensor, y: Tensor, norm: Tensor) -> List[Tensor]:\n"
        + "    p = state\n"
        + buffers(network)
        + input(settings)
        + network.statements(false)
        + "    return [h, torch.cross_entropy_loss(h, y, None, 2, -100, 0.)]\n";
  }

  /** The buffers come after the parameters, in one list: DJL cannot pass an empty one. */
  private static String buffers(ArchitectureProgram network) {
    return "    b = torch.slice(state, %d)\n".formatted(network.parameters().size());
  }

  /**
   * Statements that take {@code x}, stored pictures, to {@code h}, normalised and channels-last.
   */
  private static String input(NetworkSettings settings) {
    Pictures pictures = settings.pictures();
    return "    h = torch.to(x, 6)\n" // 6: torch.float32
        + (pictures.channels() == 1
            ? "    h = torch.unsqueeze(h, 1)\n"
            : "    h = torch.permute(h, [0, 3, 1, 2])\n")
        + resize(settings)
        + "    h = torch.div(h, 255.)\n"
        + "    h = torch.sub(h, torch.reshape(torch.select(norm, 0, 0), [1, 3, 1, 1]))\n"
        + "    h = torch.div(h, torch.reshape(torch.select(norm, 0, 1), [1, 3, 1, 1]))\n"
        + "    h = torch.contiguous(h, memory_format=2)\n"; // 2: channels-last
  }

  private static String resize(NetworkSettings settings) {
    int size = settings.imageSize();
    int height = settings.pictures().height();
    int width = settings.pictures().width();
    return switch (settings.resize()) {
      case SQUASH -> scale(height, width, size, size);
      case SHORTER_SIDE_CENTER_CROP -> {
        int shorter = Math.min(height, width);
        int scaledHeight = height == shorter ? size : scaled(height, size, shorter);
        int scaledWidth = width == shorter ? size : scaled(width, size, shorter);
        yield scale(height, width, scaledHeight, scaledWidth)
            + "    h = torch.slice(h, 2, %d, %d)\n"
                .formatted((scaledHeight - size) / 2, (scaledHeight - size) / 2 + size)
            + "    h = torch.slice(h, 3, %d, %d)\n"
                .formatted((scaledWidth - size) / 2, (scaledWidth - size) / 2 + size);
      }
      case PAD -> {
        int longer = Math.max(size, Math.max(height, width));
        int scaledHeight = longer == size ? height : scaled(height, size, longer);
        int scaledWidth = longer == size ? width : scaled(width, size, longer);
        int top = (size - scaledHeight) / 2;
        int left = (size - scaledWidth) / 2;
        yield scale(height, width, scaledHeight, scaledWidth)
            + "    h = torch.constant_pad_nd(h, [%d, %d, %d, %d], 0.)\n"
                .formatted(left, size - scaledWidth - left, top, size - scaledHeight - top);
      }
    };
  }

  /** Antialiased bilinear as Pillow's, which rounds to whole bytes. */
  private static String scale(int height, int width, int toHeight, int toWidth) {
    if (height == toHeight && width == toWidth) {
      return "";
    }
    return "    h = torch._upsample_bilinear2d_aa(h, [%d, %d], False, None, None)\n"
            .formatted(toHeight, toWidth)
        + "    h = torch.clamp(torch.round(h), 0., 255.)\n";
  }

  private static int scaled(int extent, int size, int reference) {
    return Math.max(1, (int) Math.round((double) extent * size / reference));
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
