package training.fusion.trainer.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Pretrained;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.safetensors.ElementType;

/**
 * Names and shapes of a library's weights, filled by the hash, with the library's logits; made by
 * oracle/weights.py.
 */
enum PublishedWeights {
  TORCHVISION_EFFICIENTNET("torchvision-efficientnet_v2_s"),
  TIMM_TF_EFFICIENTNET("timm-tf_efficientnetv2_s"),
  TIMM_EFFICIENTNET("timm-efficientnetv2_s"),
  TORCHVISION_VIT("torchvision-vit_b_16"),
  TIMM_VIT("timm-vit_base_patch16_224"),
  TRANSFORMERS_VIT("transformers-vit"),
  /** The names that a module of transformers 5 has in memory, which differ from those it saves. */
  TRANSFORMERS_VIT_IN_MEMORY("transformers-vit-in-memory"),
  TIMM_DEIT("timm-deit_tiny_patch16_224"),
  /** timm's names are the same. */
  TORCHVISION_RESNET("torchvision-resnet18"),
  TORCHVISION_CONVNEXT("torchvision-convnext_tiny"),
  TIMM_CONVNEXT("timm-convnext_tiny"),
  TORCHVISION_SWIN("torchvision-swin_t"),
  /** At its own size, 224 pixels: timm takes no other. */
  TIMM_SWIN("timm-swin_tiny_patch4_window7_224");

  final String file;

  PublishedWeights(String file) {
    this.file = file;
  }

  /** What the library gave. */
  JsonNode fixture() {
    try {
      return new ObjectMapper().readTree(getClass().getResource("/weights/" + file + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Architecture architecture() {
    return new ObjectMapper().convertValue(fixture().get("architecture"), Architecture.class);
  }

  Pretrained.Variant variant() {
    return new ObjectMapper().convertValue(fixture().get("variant"), Pretrained.Variant.class);
  }

  /** The tensors by the library's names. */
  Map<String, StoredTensor> tensors() {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    int k = 0;
    for (JsonNode tensor : fixture().get("tensors")) {
      List<Long> shape = new ArrayList<>();
      tensor.get(1).forEach(size -> shape.add(size.asLong()));
      tensors.put(tensor.get(0).asText(), filled(k++, shape, tensor.get(2).asText()));
    }
    return tensors;
  }

  /** A file with these tensors. */
  WeightsFile withTensors(Map<String, StoredTensor> tensors) {
    return withEntries(Map.of("", tensors));
  }

  /** A file with these dictionaries of tensors. */
  WeightsFile withEntries(Map<String, Map<String, StoredTensor>> entries) {
    List<StateDict> dictionaries = new ArrayList<>();
    entries.forEach((entry, tensors) -> dictionaries.add(new StateDict(entry, tensors, Map.of())));
    return new WeightsFile(Path.of(file + ".pth"), dictionaries, Map.of());
  }

  /** A tensor as the oracle's {@code hashed} fills it. */
  static StoredTensor filled(int k, List<Long> shape, String kind) {
    long count = shape.stream().reduce(1L, (a, b) -> a * b);
    long fanIn = shape.isEmpty() ? 1 : count / shape.get(0);
    double scale = (float) (1.2 * Math.sqrt(3.0 / fanIn));
    var view = new TensorView("", ElementType.F32, count, 0, shape, TensorView.rowMajor(shape));
    return new StoredTensor(
        view,
        () -> {
          var bytes = ByteBuffer.allocate((int) count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          for (int i = 0; i < count; i++) {
            double u = kind.equals("counter") ? 0 : Golden.u(k, i);
            bytes.putFloat(
                (float)
                    switch (kind) {
                      case "counter" -> 7;
                      case "mean", "small" -> .1 * u;
                      case "variance" -> 1 + .3 * u;
                      case "scale" -> 1 + .1 * u;
                      case "matrix" -> scale * u;
                      default -> throw new IllegalArgumentException(kind);
                    });
          }
          return bytes.flip();
        });
  }

  /** What a configuration says. */
  static Pretrained asked(Pretrained.Variant variant, Pretrained.Head head) {
    return asked(variant, head, null, null);
  }

  /** What a configuration says of entry and prefix, too. */
  static Pretrained asked(
      Pretrained.Variant variant,
      Pretrained.Head head,
      @Nullable String entry,
      @Nullable String prefix) {
    ObjectNode source = new ObjectMapper().createObjectNode();
    source.putObject("persistentVolumeClaim").put("claimName", "weights");
    return new Pretrained(
        new ObjectMapper().convertValue(source, training.fusion.api.Source.class),
        variant,
        entry,
        prefix,
        head);
  }
}
