package training.fusion.trainer.model;

import java.util.List;
import training.fusion.api.Architecture;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.convnext.ConvNextTable;
import training.fusion.trainer.model.densenet.DenseNetTable;
import training.fusion.trainer.model.efficientnet.EfficientNetTable;
import training.fusion.trainer.model.resnet.ResNetTable;
import training.fusion.trainer.model.resnet.ResNetTable.Residual;
import training.fusion.trainer.model.swin.SwinTable;
import training.fusion.trainer.model.vit.VisionTransformerTable;
import training.fusion.trainer.model.vit.VisionTransformerTable.Start;

/** From a row of the API to the table of what the network consists of. */
final class Architectures {
  private Architectures() {}

  /** The definition behind a row. */
  static ArchitectureDefinition of(Architecture architecture) {
    return switch (architecture) {
      case EFFICIENTNET_V2_S -> EfficientNetTable.V2_S;
      case EFFICIENTNET_V2_M -> EfficientNetTable.V2_M;
      case EFFICIENTNET_V2_L -> EfficientNetTable.V2_L;
      case VIT_B_16 -> new VisionTransformerTable(16, 768, 12, 12, 3072, Start.TORCHVISION, 640e3);
      case VIT_B_32 -> new VisionTransformerTable(32, 768, 12, 12, 3072, Start.TORCHVISION, 640e3);
      case VIT_L_16 -> new VisionTransformerTable(16, 1024, 24, 16, 4096, Start.TORCHVISION, 2e6);
      case DEIT_TI_16 -> new VisionTransformerTable(16, 192, 12, 3, 768, Start.TIMM, 190e3);
      case DEIT_S_16 -> new VisionTransformerTable(16, 384, 12, 6, 1536, Start.TIMM, 350e3);
      case RESNET_18 -> new ResNetTable(Residual.BASIC, List.of(2, 2, 2, 2), 30);
      case RESNET_34 -> new ResNetTable(Residual.BASIC, List.of(3, 4, 6, 3), 44);
      case RESNET_50 -> new ResNetTable(Residual.BOTTLENECK, List.of(3, 4, 6, 3), 88);
      case RESNET_101 -> new ResNetTable(Residual.BOTTLENECK, List.of(3, 4, 23, 3), 126);
      case CONVNEXT_TINY -> new ConvNextTable(List.of(96, 192, 384, 768), List.of(3, 3, 9, 3), 125);
      case CONVNEXT_BASE ->
          new ConvNextTable(List.of(128, 256, 512, 1024), List.of(3, 3, 27, 3), 230);
      case DENSENET_169 -> new DenseNetTable(64, 32, List.of(6, 12, 32, 32), 150);
      case SWIN_T -> new SwinTable(96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24), 7, 140);
    };
  }
}
