package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * A file of weights to start from: what torch.save or safetensors left, weights alone or a training
 * script's whole checkpoint. Only a run's first start reads it; afterwards its checkpoints have the
 * weights.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Pretrained(
    @Required @JsonPropertyDescription("Where the file is.") Source source,
    @JsonPropertyDescription(
            "Whose names, padding, epsilons and preprocessing the weights follow. Auto chooses by the names in the file, says in log and status what it chose, and refuses where several variants have the same names (timm's EfficientNetV2).")
        @Default("Auto")
        @Nullable Variant variant,
    @JsonPropertyDescription(
            "Which dictionary of a checkpoint holds the weights, as state_dict or model_ema; within others by dots. An empty text is the file's top level. Absent, or Auto: the one that fits, trained weights (state_dict, model) before averaged ones (state_dict_ema, model_ema); the log says which, and what else there was. Several that fit under names nobody knows are refused.")
        @Size(max = 256)
        @Nullable String entry,
    @JsonPropertyDescription(
            "What stands before each name, as model. or module.; tensors without it are left out. An empty text: nothing. Absent, or Auto: what stands before the network's names, and the log says so; several are refused.")
        @Size(max = 256)
        @Nullable String prefix,
    @JsonPropertyDescription(
            "New: the classifier is drawn anew, for the data set's classes. Keep: the file's classifier is kept; its outputs are matched with the data set's classes by name if the file names them, as a model trained here does, and other classes, or another number, are refused.")
        @Default("New")
        @Nullable Head head) {
  /** The value of entry and prefix that leaves them to what fits. */
  public static final String AUTO = "Auto";

  /** What becomes of the file's classifier. */
  public enum Head {
    @JsonProperty("New")
    NEW,
    @JsonProperty("Keep")
    KEEP
  }

  /** Where weights come from; decides names, padding, epsilons and preprocessing. */
  public enum Variant {
    @JsonProperty("Auto")
    AUTO("Auto"),
    @JsonProperty("Torchvision")
    TORCHVISION("Torchvision"),
    @JsonProperty("TimmTf")
    TIMM_TF("TimmTf"),
    @JsonProperty("Timm")
    TIMM("Timm"),
    @JsonProperty("HuggingFace")
    HUGGING_FACE("HuggingFace");

    private final String label;

    Variant(String label) {
      this.label = label;
    }

    /** The name in YAML. */
    @Override
    public String toString() {
      return label;
    }
  }
}
