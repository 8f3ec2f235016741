package training.fusion.trainer.model;

import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.augmentation.PictureTransforms;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.picture.Framing;

/**
 * The statements that take {@code x}, stored pictures, unsigned bytes, to {@code h}, the network's
 * input: [images, 3, size, size], normalised and channels-last. Pictures are scaled as Pillow does,
 * and in training flipped and moved at random; those draws are libtorch's, from the step's seed.
 */
final class InputProgram {
  private InputProgram() {}

  /**
   * The statements.
   *
   * @param training whether pictures are augmented; those that are {@code ready} are expected at
   *     the network's size. Then {@code erased} and {@code mixed} are {@link InputDraws}
   */
  static String text(NetworkSettings settings, boolean training) {
    if (settings.tensors() != null) {
      return ""; // the network takes them as they are
    }
    if (settings.pictures().ready()) {
      return "    h = torch.contiguous(torch.to(x, 6), memory_format=2)\n"; // 6: torch.float32
    }
    InputAugmentation augmentation = training ? settings.augmentation() : InputAugmentation.NONE;
    return "    h = torch.to(x, 6)\n" // 6: torch.float32
        + (settings.pictures().channels() == 1
            ? "    h = torch.unsqueeze(h, 1)\n"
            : "    h = torch.permute(h, [0, 3, 1, 2])\n")
        + (augmentation.ready() ? "" : resize(settings))
        + (augmentation.flips()
            ? flipAndCrop(
                settings.imageSize(),
                augmentation.moves() ? settings.imageSize() / PictureTransforms.PADDING_SHARE : 0)
            : "")
        + "    h = torch.div(h, 255.)\n"
        + "    h = torch.sub(h, torch.reshape(torch.select(norm, 0, 0), [1, 3, 1, 1]))\n"
        + "    h = torch.div(h, torch.reshape(torch.select(norm, 0, 1), [1, 3, 1, 1]))\n"
        + erase(augmentation.erasing(), settings.imageSize())
        + (augmentation.mixes() ? mix(settings.imageSize()) : "")
        + "    h = torch.contiguous(h, memory_format=2)\n"; // 2: channels-last
  }

  private static String erase(InputAugmentation.Erasing erasing, int size) {
    return switch (erasing) {
      case NONE -> "";
      case ZEROS -> inBox("erased", size) + "    h = torch.masked_fill(h, m, 0.)\n";
      case NOISE -> inBox("erased", size) + "    h = torch.where(m, torch.randn_like(h), h)\n";
    };
  }

  /** Each image with the one before it; the first with the last. */
  private static String mix(int size) {
    return "    r = torch.roll(h, [1], [0])\n"
        + "    h = torch.add(torch.mul(h, torch.select(mixed, 0, 0)), torch.mul(r, torch.select(mixed, 0, 1)))\n"
        + inBox("torch.reshape(torch.slice(mixed, 0, 2, 6), [1, 4])", size)
        + "    h = torch.where(m, r, h)\n";
  }

  /** Makes {@code m}, [images, 1, size, size], of boxes: [images, 4], as {@link InputDraws}. */
  private static String inBox(String boxes, int size) {
    String bound = "torch.reshape(torch.select(k, 1, %d), [-1, 1, 1, 1])";
    String within = "torch.logical_and(torch.ge(n, " + bound + "), torch.lt(n, " + bound + "))";
    return "    k = %s\n".formatted(boxes)
        + "    n = torch.reshape(torch.arange(%d, device=h.device), [1, 1, -1, 1])\n"
            .formatted(size)
        + "    m = %s\n".formatted(within.formatted(0, 2))
        + "    n = torch.reshape(n, [1, 1, 1, -1])\n"
        + "    m = torch.logical_and(m, %s)\n".formatted(within.formatted(1, 3));
  }

  private static String resize(NetworkSettings settings) {
    int size = settings.imageSize();
    Pictures pictures = settings.pictures();
    var framing = new Framing(settings.resize(), settings.interpolation(), size);
    Framing.Plan plan = framing.plan(pictures.height(), pictures.width());
    String scaled = scale(settings.interpolation(), pictures, plan);
    if (plan.pads(size)) {
      return scaled
          + "    h = torch.constant_pad_nd(h, [%d, %d, %d, %d], 0.)\n"
              .formatted(
                  -plan.left(),
                  size - plan.width() + plan.left(),
                  -plan.top(),
                  size - plan.height() + plan.top());
    }
    return scaled
        + slice(2, plan.height(), plan.top(), size)
        + slice(3, plan.width(), plan.left(), size);
  }

  private static String slice(int dimension, int extent, int from, int size) {
    return extent == size
        ? ""
        : "    h = torch.slice(h, %d, %d, %d)\n".formatted(dimension, from, from + size);
  }

  /** As Pillow: rows, then columns, each antialiased and rounded to whole bytes. */
  private static String scale(Interpolation interpolation, Pictures from, Framing.Plan to) {
    String text = "";
    if (from.width() != to.width()) {
      text += scaleTo(interpolation, from.height(), to.width());
    }
    if (from.height() != to.height()) {
      text += scaleTo(interpolation, to.height(), to.width());
    }
    return text;
  }

  private static String scaleTo(Interpolation interpolation, int height, int width) {
    String filter = interpolation == Interpolation.BICUBIC ? "bicubic" : "bilinear";
    // floor(h + ½): Pillow rounds halves up
    return "    h = torch._upsample_%s2d_aa(h, [%d, %d], False, None, None)\n"
            .formatted(filter, height, width)
        + "    h = torch.clamp(torch.floor(torch.add(h, 0.5)), 0., 255.)\n";
  }

  /**
   * torchvision's {@code RandomHorizontalFlip()} and {@code RandomCrop(size, padding)}, for each
   * picture on its own: its rows and columns are gathered from the picture with black around.
   */
  private static String flipAndCrop(int size, int padding) {
    String across = "torch.reshape(torch.arange(%d, device=h.device), [1, -1])".formatted(size);
    String moved = "torch.add(%s, torch.randint(0, %d, [torch.size(h, 0), 1], device=h.device))";
    String text =
        "    n = torch.arange(torch.size(h, 0), device=h.device)\n"
            + "    f = torch.lt(torch.rand([torch.size(h, 0), 1], device=h.device), 0.5)\n"
            + "    j = %s\n".formatted(across)
            + "    i = j\n"
            + "    j = torch.where(f, torch.rsub(j, %d), j)\n".formatted(size - 1);
    if (padding > 0) {
      text +=
          "    i = %s\n".formatted(moved.formatted("i", 2 * padding + 1))
              + "    j = %s\n".formatted(moved.formatted("j", 2 * padding + 1))
              + "    h = torch.constant_pad_nd(h, [%1$d, %1$d, %1$d, %1$d], 0.)\n"
                  .formatted(padding);
    }
    return text
        + "    h = torch.permute(h, [0, 2, 3, 1])\n"
        + "    h = torch.index(h, annotate(List[Optional[Tensor]], [torch.reshape(n, [-1, 1, 1]), torch.unsqueeze(i, 2), torch.unsqueeze(j, 1)]))\n"
        + "    h = torch.permute(h, [0, 3, 1, 2])\n";
  }
}
