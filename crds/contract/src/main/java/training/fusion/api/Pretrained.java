package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** A file of weights to start from. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Pretrained(
    @Required @JsonPropertyDescription("Where the file is.") Source source,
    @JsonPropertyDescription(
            "Whose names, padding, epsilons and preprocessing the weights follow. Auto chooses by the names in the file and says in status what it chose.")
        @Default("Auto")
        @Nullable Variant variant) {

  /** Where weights come from; decides names, padding, epsilons and preprocessing. */
  public enum Variant {
    @JsonProperty("Auto")
    AUTO,
    @JsonProperty("Torchvision")
    TORCHVISION,
    @JsonProperty("TimmTf")
    TIMM_TF,
    @JsonProperty("Timm")
    TIMM,
    @JsonProperty("HuggingFace")
    HUGGING_FACE
  }
}
