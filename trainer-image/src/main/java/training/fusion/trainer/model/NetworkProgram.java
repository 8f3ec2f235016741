package training.fusion.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import training.fusion.trainer.model.InputAugmentation.Erasing;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * The TorchScript methods of a network: {@code forward} (loss, correct, logits, gradients), which
 * is {@code predict} and {@code differentiate} in one call, {@code evaluate} (logits, summed loss),
 * and what moves tensors in place. Pictures come in as stored, unsigned bytes; resizing and
 * normalisation happen in the program, on the device.
 */
public final class NetworkProgram {
  private static final String SELF = "(self: __torch__.Program, ";

  private NetworkProgram() {}

  /** The archive of a network that gets gradients everywhere; nothing is compiled. */
  public static byte[] archive(NetworkSettings settings) {
    return ScriptArchive.of(text(settings, settings.source(), parameter -> true));
  }

  /**
   * The text of the program.
   *
   * @param differentiated which parameters get a gradient
   */
  static String text(
      NetworkSettings settings,
      ArchitectureProgram network,
      Predicate<ParameterSpec> differentiated) {
    return predict(settings, network, differentiated)
        + differentiate("differentiate", false, false, network.host() != null)
        + forward(settings)
        + evaluate(settings, network)
        + ARRANGE
        + REDUCE
        + COPY
        + GradientSum.ACCUMULATE;
  }

  /** Loss with its graph, correct, logits, and the leaves that the loss is differentiated by. */
  private static String predict(
      NetworkSettings settings,
      ArchitectureProgram network,
      Predicate<ParameterSpec> differentiated) {
    return "  def predict"
        + SELF
        + arguments(settings, "")
        + buffers(network)
        + "    p = annotate(List[Tensor], [])\n"
        + "    leaves = annotate(List[Tensor], [])\n"
        + "    for i in range("
        + network.parameters().size()
        + "):\n"
        + "      q = torch.detach(state[i])\n"
        + "      if "
        + runs(network.parameters(), differentiated)
        + ":\n"
        + "        q = torch.requires_grad_(q, True)\n"
        + "        leaves = torch.append(leaves, q)\n"
        + "      p = torch.append(p, q)\n"
        + InputProgram.text(settings, true)
        + network.statements(true)
        + figures(settings);
  }

  /** Whether {@code i} is the index of such a parameter: {@code (i >= 3 and i < 9) or …}. */
  private static String runs(
      List<ParameterSpec> parameters, Predicate<ParameterSpec> differentiated) {
    List<String> runs = new ArrayList<>();
    int from = -1;
    for (int i = 0; i <= parameters.size(); i++) {
      boolean is = i < parameters.size() && differentiated.test(parameters.get(i));
      if (is && from < 0) {
        from = i;
      } else if (!is && from >= 0) {
        runs.add("(i >= %d and i < %d)".formatted(from, i));
        from = -1;
      }
    }
    return String.join(" or ", runs);
  }

  /** What the logits come to, and the leaves. */
  private static String figures(NetworkSettings settings) {
    return target(settings)
        + "    loss = torch.cross_entropy_loss(h, t, %s, 1, -100, "
            .formatted(settings.classWeights() != null ? "weights" : "None")
        + settings.labelSmoothing()
        + ")\n"
        + "    logits = torch.detach(h)\n"
        + "    correct = torch.sum(torch.eq(torch.argmax(logits, 1), y))\n"
        + "    return torch.add([loss, correct, logits], leaves)\n";
  }

  /**
   * The same pass cut into segments: {@code predict_i} takes what the segment before it came to and
   * returns what it comes to itself (the last one: loss, correct, logits) and then its leaves;
   * {@code differentiate_i} takes the gradient of what it came to (the last one: the loss has none)
   * and returns those of the leaves. The last leaf of all but the first is what it was given.
   *
   * @param segments one after the other; what lies before the first one's first block or after the
   *     last one's last is in them, without gradients
   */
  static String segments(
      NetworkSettings settings, ArchitectureProgram network, List<Segment> segments) {
    var text = new StringBuilder();
    int last = segments.size() - 1;
    for (int i = 0; i <= last; i++) {
      text.append(segment(settings, network, segments.get(i), i, i == last));
      text.append(differentiate("differentiate_" + i, i > 0, i < last, false));
    }
    return text.toString();
  }

  private static String segment(
      NetworkSettings settings,
      ArchitectureProgram network,
      Segment segment,
      int index,
      boolean last) {
    String statements =
        String.join("", network.blocks().subList(segment.firstBlock(), segment.endBlock()));
    return "  def predict_"
        + index
        + SELF
        + arguments(settings, index == 0 ? "" : ", h: Tensor")
        + buffers(network)
        + """
              p = torch.slice(state, 0, %d)
              leaves = annotate(List[Tensor], [])
              for k in range(%d):
                i = torch.add(k, %d)
                q = torch.requires_grad_(torch.detach(state[i]), True)
                _0 = torch._set_item(p, i, q)
                leaves = torch.append(leaves, q)
          """
            .formatted(
                network.parameters().size(),
                segment.endLeaf() - segment.firstLeaf(),
                segment.firstLeaf())
        + (index == 0
            ? InputProgram.text(settings, true)
            : """
                  h = torch.requires_grad_(torch.detach(h), True)
                  leaves = torch.append(leaves, h)
              """)
        + statements
        + (last ? figures(settings) : "    return torch.add([h], leaves)\n");
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

  /**
   * Gradients, fp32, of the leaves.
   *
   * @param cut whether the last leaf is a value under way, whose gradient stays as it is
   * @param above whether the gradient of what was come to is given
   * @param some whether the loss may depend on some of the leaves alone: the others' gradients are
   *     zeros
   */
  private static String differentiate(String name, boolean cut, boolean above, boolean some) {
    return "  def "
        + name
        + SELF
        + (above ? "out: Tensor, above: Tensor, " : "out: Tensor, ")
        + "leaves: List[Tensor]) -> List[Tensor]:\n"
        + "    gradients = torch.grad([out], leaves%s%s)\n"
            .formatted(
                above ? ", annotate(List[Optional[Tensor]], [above])" : "",
                some ? ", allow_unused=True" : "")
        + "    full = annotate(List[Tensor], [])\n"
        + "    for i in range(%s):\n"
            .formatted(cut ? "torch.sub(torch.len(leaves), 1)" : "torch.len(leaves)")
        + (some
            ? """
                    u = gradients[i]
                    if torch.__is__(u, None):
                      g = torch.zeros_like(leaves[i])
                    else:
                      g = unchecked_cast(Tensor, u)
              """
            : "      g = unchecked_cast(Tensor, gradients[i])\n")
        + """
                full = torch.append(full, torch.to(g, 6))
          """ // 6: torch.float32; those of operands may be bf16
        + (cut ? "    full = torch.append(full, unchecked_cast(Tensor, gradients[-1]))\n" : "")
        + "    return full\n";
  }

  private static String forward(NetworkSettings settings) {
    return "  def forward"
        + SELF
        + arguments(settings, "")
        + "    out = (self).predict(state, x, y, norm%s)\n"
            .formatted(more(settings).replace(": Tensor", ""))
        + "    gradients = (self).differentiate(out[0], torch.slice(out, 3))\n"
        + "    return torch.add([torch.detach(out[0]), out[1], out[2]], gradients)\n";
  }

  private static String arguments(NetworkSettings settings, String further) {
    return "state: List[Tensor], "
        + input(settings)
        + ", y: Tensor, norm: Tensor"
        + more(settings)
        + further
        + ") -> List[Tensor]:\n";
  }

  private static String input(NetworkSettings settings) {
    return settings.tensors() == null ? "x: Tensor" : "x: List[Tensor]";
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
        + "state: List[Tensor], "
        + input(settings)
        + ", y: Tensor, norm: Tensor) -> List[Tensor]:\n"
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
