package training.fusion.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Artifacts;
import training.fusion.api.Checkpoint;
import training.fusion.api.Dataset;
import training.fusion.api.Model;
import training.fusion.api.Optimization;
import training.fusion.api.ReportSettings;
import training.fusion.api.Tracking;
import training.fusion.api.Training;

/**
 * What a person asks for. Once a run has begun only what is {@link Mutable} may change, together
 * with a new runId everything; the rules that say so are made with the CRD, as are those that
 * follow from the rows of networks and optimizers.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.training.precision != 'TF32' || self.pod.gpu.count > 0",
    message = "TF32 exists on a GPU only; choose FP32 or BF16, or set pod.gpu.count to 1",
    fieldPath = ".training.precision")
@ValidationRule(
    value = "!has(self.optimization.swats) || self.training.updateOrder == 'AfterBackward'",
    message =
        "SWATS looks at all gradients together before it updates; choose updateOrder:"
            + " AfterBackward, or another strategy",
    fieldPath = ".training.updateOrder")
@ValidationRule(
    value = "!has(self.training.earlyStopping) || self.dataset.split.validation > 0.0",
    message =
        "earlyStopping reads the validation images, and there are none: raise"
            + " dataset.split.validation, or remove earlyStopping",
    fieldPath = ".training.earlyStopping")
@ValidationRule(
    value =
        "self.dataset.format != 'Tensors' || ((!has(self.training.augmentation) || self.training.augmentation == 'None') && !has(self.training.transforms))",
    message =
        "augmentation and transforms change pictures, and dataset.format: Tensors has none; remove"
            + " them, or write changed rows into the files",
    fieldPath = ".training.augmentation")
@ValidationRule(
    value = "!has(self.pauseAfterEpoch) || (has(self.checkpoint) && has(self.checkpoint.volume))",
    message =
        "pauseAfterEpoch goes on from a checkpoint, and nothing keeps one: set checkpoint.volume, or"
            + " remove pauseAfterEpoch",
    fieldPath = ".pauseAfterEpoch")
@ValidationRule(
    value = "!has(self.model.module) || self.training.precision != 'BF16'",
    message =
        "BF16 is written out in the networks of model.architecture, and a module is somebody's own statements; choose FP32, or TF32 on a GPU",
    fieldPath = ".training.precision")
@ValidationRule(
    value = "!has(self.model.module) || self.training.updateOrder == 'AfterBackward'",
    message =
        "the blocks of model.module are computed in one pass; choose updateOrder: AfterBackward",
    fieldPath = ".training.updateOrder")
@ValidationRule(
    value =
        "!has(self.model.module) || !has(self.model.module.input) || self.dataset.format == 'Tensors'",
    message =
        "input names the tensors of dataset.format: Tensors, and pictures are one input without a"
            + " name; remove it",
    fieldPath = ".model.module.input")
public record FusionTrainingSpec(
    @JsonPropertyDescription(
            "true saves a checkpoint and stops; false goes on from the checkpoint. May be changed"
                + " at any time.")
        @Default("false")
        @Mutable
        @Nullable Boolean suspend,
    @JsonPropertyDescription(
            "Saves at the end of this epoch, counted from 1, and stops there, giving the GPU back."
                + " Raised or removed, the run goes on from the checkpoint, bit for bit as if it"
                + " had not stopped: training.epochs and the schedule are those of the whole run."
                + " May be changed at any time. Absent: never.")
        @Min(1)
        @Max(100000)
        @Mutable
        @Nullable Integer pauseAfterEpoch,
    @JsonPropertyDescription(
            "Any string of yours; a new one runs a finished training again. Everything else in the"
                + " spec may change together with it.")
        @Default("\"\"")
        @Size(max = 63)
        @Mutable
        @Nullable String runId,
    @Required @JsonPropertyDescription("Which network is trained, and from which weights.")
        Model model,
    @Required @JsonPropertyDescription("The pictures.") Dataset dataset,
    @Required @JsonPropertyDescription("How parameters are updated: exactly one strategy.")
        Optimization optimization,
    @Required @JsonPropertyDescription("Length, batches, precision, schedule.") Training training,
    @JsonPropertyDescription(
            "Where and how often the run is saved. Absent: nothing survives the pod.")
        @Nullable Checkpoint checkpoint,
    @JsonPropertyDescription("Where curves are written besides the run's own files.")
        @Nullable Tracking tracking,
    @JsonPropertyDescription("What the run's report may show. Absent: all.")
        @Nullable ReportSettings report,
    @JsonPropertyDescription("Where results are sent. Absent: they stay in the run's folder.")
        @Nullable Artifacts artifacts,
    @JsonPropertyDescription("Where and as what the training runs.")
        @Default("{\"gpu\": {\"resourceName\": \"nvidia.com/gpu\", \"count\": 1}}")
        @Nullable PodSettings pod,
    @JsonPropertyDescription("Retries and deadlines.") @Default("{\"backoffLimit\": 3}")
        @Nullable RunPolicy runPolicy) {}
