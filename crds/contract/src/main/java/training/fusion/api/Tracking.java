package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Where curves are written besides the run's own files. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Tracking(
    @JsonPropertyDescription("Writes TensorBoard event files beside the checkpoints.")
        @Default("false")
        @Nullable Boolean tensorboard,
    @JsonPropertyDescription("Logs to an MLflow server.") @Nullable Mlflow mlflow) {

  /** An MLflow tracking server. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Mlflow(
      @Required
          @JsonPropertyDescription(
              "Address of the server that answers itself, such as http://mlflow.ml.svc:5000; MLflow 3.5 and later answers to such a name only if started with --allowed-hosts.")
          @Size(max = 2048)
          @Pattern("^https?://.+")
          String trackingUri,
      @JsonPropertyDescription("Experiment to log under. Absent: the training's namespace.")
          @Size(max = 253)
          @Nullable String experiment,
      @JsonPropertyDescription(
              "Sends model, TorchScript, report and figures to the run's artifacts in the end, where the server keeps them for its clients (--serve-artifacts, its default).")
          @Default("false")
          @Nullable Boolean artifacts) {}
}
