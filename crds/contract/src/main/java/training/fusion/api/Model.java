package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Which network is trained, and from which weights. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.architecture) != has(self.module)",
    message =
        "model needs exactly one of architecture, module; keep the one you want"
            + ExactlyOne.LEFT_OVER)
@ValidationRule(
    value = "!has(self.module) || !has(self.pretrained)",
    message =
        "pretrained applies to model.architecture: a module begins with the weights in its file; remove it",
    fieldPath = ".pretrained")
@ValidationRule(
    value = "!has(self.module) || !has(self.dropout)",
    message =
        "dropout applies to model.architecture: a module has the dropout that is in its file; remove it",
    fieldPath = ".dropout")
@ValidationRule(
    value = "!has(self.module) || !has(self.stochasticDepth)",
    message =
        "stochasticDepth applies to model.architecture: a module has what is in its file; remove it",
    fieldPath = ".stochasticDepth")
public record Model(
    @JsonPropertyDescription("The network, one of those that are known by name.")
        @Nullable Architecture architecture,
    @JsonPropertyDescription("A network of your own, from a TorchScript file.")
        @Nullable ScriptModule module,
    @JsonPropertyDescription(
            "Probability of dropping an input of the classifier; in a vision transformer, as torchvision's argument, of dropping an element after the position embedding, the attention and each layer of the perceptron. Absent: the architecture's own (${defaults}).")
        @Min(0)
        @Max(0.95)
        @Nullable Double dropout,
    @JsonPropertyDescription(
            "Probability of skipping the last residual block; earlier blocks proportionally less (torchvision's stochastic_depth_prob). Absent: the architecture's own (${defaults}); the others have none.")
        @Min(0)
        @Max(0.95)
        @Nullable Double stochasticDepth,
    @JsonPropertyDescription("Weights to start from. Absent: from scratch.")
        @Nullable Pretrained pretrained) {
  /** What most networks take that people publish. */
  private static final int MODULES_IMAGE_SIZE = 224;

  /** A network that is known by name. */
  public Model(
      Architecture architecture,
      @Nullable Double dropout,
      @Nullable Double stochasticDepth,
      @Nullable Pretrained pretrained) {
    this(architecture, null, dropout, stochasticDepth, pretrained);
  }

  /** What people call it: the architecture's name, or the module's file. */
  public String label() {
    if (architecture != null) {
      return architecture.toString();
    }
    return module == null ? "no network" : module.fileName();
  }

  /** {@link Training#imageSize} where a training states none. */
  public int imageSize() {
    return architecture == null ? MODULES_IMAGE_SIZE : architecture.imageSize();
  }

  /** Where a file is that the training cannot begin without: of weights, or of the module. */
  public @Nullable Source file() {
    if (module != null) {
      return module.source();
    }
    return pretrained == null ? null : pretrained.source();
  }
}
