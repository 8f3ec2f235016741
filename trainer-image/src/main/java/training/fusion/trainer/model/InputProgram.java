package training.fusion.trainer.model;

import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.api.Training.Augmentation;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.picture.Framing;

/**
 * The statements that take {@code x}, stored pictures, unsigned bytes, to {@code h}, the network's
 * input: [images, 3, size, size], normalised and channels-last. Pictures are scaled as Pillow does,
 * and in training flipped and moved at random; the draws are libtorch's, from the step's seed.
 */
final class InputProgram {
  /** The usual padding of CIFAR's 32 pixels is 4 (He et al. 2016, arXiv 1512.03385, 4.2). */
  private static final int PADDING_SHARE = 8;

  private InputProgram() {}

  /**
   * The statements.
   *
   * @param training whether pictures are augmented; {@code RandomResizedCrop} expects them cut
   *     already, at the network's size
   */
  static String text(NetworkSettings settings, boolean training) {
    Augmentation augmentation = training ? settings.augmentation() : Augmentation.NONE;
    boolean cut = augmentation == Augmentation.RANDOM_RESIZED_CROP;
    return "    h = torch.to(x, 6)\n" // 6: torch.float32
        + (settings.pictures().channels() == 1
            ? "    h = torch.unsqueeze(h, 1)\n"
            : "    h = torch.permute(h, [0, 3, 1, 2])\n")
        + (cut ? "" : resize(settings))
        + switch (augmentation) {
          case NONE -> "";
          case FLIP, RANDOM_RESIZED_CROP -> flipAndCrop(settings.imageSize(), 0);
          case FLIP_AND_CROP ->
              flipAndCrop(settings.imageSize(), settings.imageSize() / PADDING_SHARE);
        }
        + "    h = torch.div(h, 255.)\n"
        + "    h = torch.sub(h, torch.reshape(torch.select(norm, 0, 0), [1, 3, 1, 1]))\n"
        + "    h = torch.div(h, torch.reshape(torch.select(norm, 0, 1), [1, 3, 1, 1]))\n"
        + "    h = torch.contiguous(h, memory_format=2)\n"; // 2: channels-last
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
