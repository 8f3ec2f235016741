package training.fusion.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import training.fusion.trainer.model.ScriptArchive;

/** Position embeddings for another number of patches than the weights were trained with. */
final class PositionEmbedding {
  private PositionEmbedding() {}

  /** Bicubic interpolation over the grid of patches, as each publisher does it. */
  enum Interpolation {
    /** torchvision's interpolate_embeddings: corners keep their values. */
    ALIGNED_CORNERS("upsample_bicubic2d(h, [%1$d, %1$d], True, None, None)"),
    /** timm's resample_abs_pos_embed. */
    ANTIALIASED("_upsample_bicubic2d_aa(h, [%1$d, %1$d], False, None, None)"),
    /** transformers 5's interpolate_pos_encoding; 4.44's gave a scale_factor. */
    SIZED("upsample_bicubic2d(h, [%1$d, %1$d], False, None, None)");

    private final String call;

    Interpolation(String call) {
      this.call = call;
    }

    private String call(int to) {
      return "torch." + call.formatted(to);
    }
  }

  /**
   * Brings a square grid of embeddings to another size; the first, the class token's, stays.
   *
   * @param values [1, from² + 1, width], row-major
   * @param from patches along a side, as {@code to}
   * @return [1, to² + 1, width], row-major
   */
  static float[] resize(
      NDManager manager, Interpolation interpolation, float[] values, int from, int to) {
    int width = values.length / (from * from + 1);
    String method =
        "  def forward(self: __torch__.Program, x: Tensor) -> Tensor:\n"
            + "    h = torch.slice(x, 1, 1)\n"
            + "    h = torch.reshape(h, [1, %1$d, %1$d, %2$d])\n".formatted(from, width)
            + "    h = torch.contiguous(torch.permute(h, [0, 3, 1, 2]))\n"
            + "    h = %s\n".formatted(interpolation.call(to))
            + "    h = torch.reshape(torch.permute(h, [0, 2, 3, 1]), [1, %d, %d])\n"
                .formatted(to * to, width)
            + "    return torch.cat([torch.slice(x, 1, 0, 1), h], 1)\n";
    try (NDManager scope = manager.newSubManager();
        PtSymbolBlock program = ScriptArchive.compile(scope, method)) {
      NDArray grid = scope.create(values, new Shape(1, from * from + 1, width));
      NDList out = IValueUtils.forward(program, new NDList(grid), false);
      return out.singletonOrThrow().toFloatArray();
    }
  }
}
