package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Where a run's results are sent, beside the folder in which it leaves them. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!self.s3.uri.contains('{')",
    message = "s3.uri is one prefix, such as s3://bucket/models; write it without braces",
    fieldPath = ".s3.uri")
public record Artifacts(
    @Required
        @JsonPropertyDescription(
            "Model, TorchScript, report and figures are sent to this prefix, as"
                + " URI/TRAINING/RUNKEY/FILE, and last SHA256SUMS, once all is there.")
        Source.S3 s3,
    @JsonPropertyDescription(
            "Sends report and figures after each epoch, too; the model comes at the end.")
        @Default("false")
        @Nullable Boolean eachEpoch) {}
