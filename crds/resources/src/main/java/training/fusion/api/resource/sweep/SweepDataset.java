package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.api.Source;

/** A FusionTraining's data set with a name beside its fields. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SweepDataset(
    @Required
        @JsonPropertyDescription(
            "Name in groups and reports; cifar10 and proposed stand beside the paper's figures.")
        @Size(min = 1, max = 32)
        @Pattern(NAME)
        String name,
    @Required @JsonPropertyDescription("How the files are laid out.") Dataset.Format format,
    @Required @JsonPropertyDescription("Where the files are: exactly one source.") Source source,
    @JsonPropertyDescription("How the images are divided into train, validation and test.")
        Dataset.@Nullable Split split,
    @JsonPropertyDescription("Stratified samples of the three parts. Absent: all images.")
        Dataset.@Nullable Limit limit,
    @JsonPropertyDescription("How pictures are brought to training.imageSize.")
        Dataset.@Nullable Resize resize,
    @JsonPropertyDescription("How pixel values, scaled to 0..1, become the network's input.")
        Dataset.@Nullable Normalization normalization,
    @JsonPropertyDescription("What to do about a damaged picture.")
        Dataset.@Nullable OnError onError,
    @JsonPropertyDescription("A table of ImageFolder's pictures and their classes.")
        Dataset.@Nullable Labels labels,
    @JsonPropertyDescription(
            "A list of ImageFolder's pictures and their classes, by which no folder is listed.")
        Dataset.@Nullable FileList files,
    @JsonPropertyDescription("Which tar files of WebDataset belong to which part.")
        Dataset.@Nullable Shards shards,
    @JsonPropertyDescription(
            "Which files of Tensors belong to which part, and which of their tensors are inputs.")
        Dataset.@Nullable Tensors tensors) {
  /** What names of arms and data sets are made of. */
  static final String NAME = "^[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?$";

  /** The same without its name. */
  public Dataset toDataset() {
    return new Dataset(
        format,
        source,
        split,
        limit,
        resize,
        normalization,
        onError,
        labels,
        files,
        shards,
        tensors);
  }
}
