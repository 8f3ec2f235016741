package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pictures: where they are, how they are split, how they become the network's input. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.files) || self.format == 'ImageFolder'",
    message =
        "dataset.files lists pictures in files of their own; set dataset.format to ImageFolder, or leave files out")
@ValidationRule(
    value = "!has(self.files) || !has(self.labels)",
    message = "dataset.files and dataset.labels both say which pictures there are; set one of them")
@ValidationRule(
    value = "!has(self.labels) || self.format == 'ImageFolder'",
    message =
        "dataset.labels names pictures in files of their own; set dataset.format to ImageFolder, or leave labels out")
public record Dataset(
    @Required
        @JsonPropertyDescription(
            "How the files are laid out. CIFAR10 and CIFAR100 (its 100 fine classes): their binary"
                + " or Python versions; IDX: the MNIST family; ImageFolder: JPEG, PNG, BMP, WebP,"
                + " TIFF, PPM and PGM, one folder per class, at the top or within"
                + " train, val (or validation) and test. Pictures are read as torchvision's"
                + " ImageFolder reads them: alpha, colour profiles and EXIF orientation do not"
                + " count; the API page says where they differ.")
        Format format,
    @Required @JsonPropertyDescription("Where the files are: exactly one source.") Source source,
    @JsonPropertyDescription("How the images are divided into train, validation and test.")
        @Default("{\"validation\": 0.1, \"seed\": 0}")
        @Nullable Split split,
    @JsonPropertyDescription(
            "Stratified samples of the three parts. Classes that limit.train has no room for are left"
                + " out of all of them. Absent: all images.")
        @Nullable Limit limit,
    @JsonPropertyDescription("How pictures are brought to training.imageSize.")
        @Default("{\"mode\": \"Squash\", \"interpolation\": \"Bilinear\"}")
        @Nullable Resize resize,
    @JsonPropertyDescription("How pixel values, scaled to 0..1, become the network's input.")
        @Default("{\"preset\": \"Auto\"}")
        @Nullable Normalization normalization,
    @JsonPropertyDescription(
            "Fail stops at a damaged picture; Skip decodes all pictures before the first step, and"
                + " leaves out and counts those that cannot be. Of IDX, CIFAR10 and CIFAR100 a"
                + " damaged file is always refused.")
        @Default("Fail")
        @Nullable OnError onError,
    @JsonPropertyDescription(
            "A table of ImageFolder's pictures and their classes, which counts instead of the"
                + " folders' names. Absent: class folders.")
        @Nullable Labels labels,
    @JsonPropertyDescription(
            "A list of ImageFolder's pictures and their classes, by which no folder is listed: for"
                + " very many pictures. Absent: folders are listed.")
        @Nullable FileList files) {

  /** Layout of a data set's files. */
  public enum Format {
    /** CIFAR-10: data_batch_1.bin to data_batch_5.bin and test_batch.bin, or without .bin. */
    @JsonProperty("CIFAR10")
    CIFAR10,
    /** CIFAR-100 with its fine labels: train.bin and test.bin, or without .bin. */
    @JsonProperty("CIFAR100")
    CIFAR100,
    /** The MNIST family: train-images-idx3-ubyte and the like, gzip-compressed or not. */
    @JsonProperty("IDX")
    IDX,
    /** One folder per class, or such folders within train, val and test. */
    @JsonProperty("ImageFolder")
    IMAGE_FOLDER
  }

  /** What to do about a damaged picture. */
  public enum OnError {
    @JsonProperty("Fail")
    FAIL,
    @JsonProperty("Skip")
    SKIP
  }

  /** A file with a line for each picture: its path and its class. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Labels(
      @Required
          @JsonPropertyDescription(
              "The CSV file's path within the source; fields are divided by commas, semicolons or"
                  + " tabs, in quotes where they need them. Pictures' paths begin at the file's"
                  + " folder, or are unique ends of paths below the source; an ending such as .jpg"
                  + " may be left out.")
          @Size(min = 1, max = 1024)
          String file,
      @JsonPropertyDescription(
              "Name of the column with the pictures' paths. Absent: by usual names such as path,"
                  + " file, image or id; without a line of names the first of two columns.")
          @Size(min = 1, max = 256)
          @Nullable String pathColumn,
      @JsonPropertyDescription(
              "Name of the column with the classes. Absent: by usual names such as label, class,"
                  + " target or category; without a line of names the second of two columns.")
          @Size(min = 1, max = 256)
          @Nullable String labelColumn) {}

  /** A file with a line for each picture: where it is, and its class. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FileList(
      @Required
          @JsonPropertyDescription(
              "The list's path within the source: CSV as of labels, or a JSON object in each line."
                  + " Pictures' paths are written whole, from the list's folder on; none leads out"
                  + " of the source. Whether a picture is there is seen when it is read.")
          @Size(min = 1, max = 1024)
          String file,
      @JsonPropertyDescription(
              "Name of the column, or key, with the pictures' paths. Absent: by usual names, as of"
                  + " labels.")
          @Size(min = 1, max = 256)
          @Nullable String pathColumn,
      @JsonPropertyDescription(
              "Name of the column, or key, with the classes. Absent: by usual names, as of labels.")
          @Size(min = 1, max = 256)
          @Nullable String labelColumn) {}

  /**
   * How the images are divided; every fraction is stratified by class, and each class keeps an
   * image to train on.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.test) || !has(self.validation) || self.test + self.validation < 1.0",
      message =
          "split.validation and split.test leave no images to train on; lower their sum below 1")
  public record Split(
      @JsonPropertyDescription(
              "Fraction of the training images held out for validation; a val folder is used whole"
                  + " instead. 0: each epoch is evaluated on the test images, and the report says"
                  + " so.")
          @Default("0.1")
          @Min(0)
          @Max(0.9)
          @Nullable Double validation,
      @JsonPropertyDescription(
              "Fraction of the images held out for the final test. Absent: the test files that"
                  + " belong to the format.")
          @Min(value = 0, inclusive = false)
          @Max(0.9)
          @Nullable Double test,
      @JsonPropertyDescription(
              "Seed of the split, independent of training.seed: which pictures of a class, and which"
                  + " classes where not all can have one more.")
          @Default("0")
          @Min(0)
          @Max(9007199254740991d)
          @Nullable Long seed) {}

  /** Upper bounds on the number of images, each a stratified sample. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Limit(
      @JsonPropertyDescription("Most images to train on; each class keeps one while there is room.")
          @Min(1)
          @Max(100000000)
          @Nullable Integer train,
      @JsonPropertyDescription("Most images to validate on.") @Min(1) @Max(100000000)
          @Nullable Integer validation,
      @JsonPropertyDescription("Most images to test on.") @Min(1) @Max(100000000)
          @Nullable Integer test) {}

  /** How a picture becomes a square of training.imageSize. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Resize(
      @JsonPropertyDescription(
              "Squash scales both sides to imageSize; ShorterSideCenterCrop scales the shorter side"
                  + " and cuts the middle; Pad keeps a picture that fits as it is (a larger one is"
                  + " scaled down to fit) and fills up with black around it.")
          @Default("Squash")
          @Nullable Mode mode,
      @JsonPropertyDescription("Interpolation, antialiased as in Pillow.") @Default("Bilinear")
          @Nullable Interpolation interpolation) {

    /** What happens to the aspect ratio. */
    public enum Mode {
      @JsonProperty("Squash")
      SQUASH,
      @JsonProperty("ShorterSideCenterCrop")
      SHORTER_SIDE_CENTER_CROP,
      @JsonProperty("Pad")
      PAD
    }

    /** The filter of a resize. */
    public enum Interpolation {
      @JsonProperty("Bilinear")
      BILINEAR,
      @JsonProperty("Bicubic")
      BICUBIC
    }
  }

  /** Either a preset or a mean and standard deviation per channel. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.mean) == has(self.std)",
      message = "normalization needs mean and std together; add the one that is missing")
  @ValidationRule(
      value = "has(self.preset) != has(self.mean)",
      message = "normalization is either a preset or mean and std; set one of them")
  public record Normalization(
      @JsonPropertyDescription(
              "Auto: the pretrained weights' own, as timm's config.json or transformers' preprocessor_config.json beside them says, else as their names tell; refused where names cannot (a ViT under timm's or transformers' names is Google's as well as DeiT, DINO or MAE). Without weights: ImageNet. ImageNet: mean 0.485, 0.456, 0.406, deviation 0.229, 0.224, 0.225. Half: 0.5 each. Clip: OpenAI's, mean 0.48145466, 0.4578275, 0.40821073, deviation 0.26862954, 0.26130258, 0.27577711.")
          @Nullable Preset preset,
      @JsonPropertyDescription("Mean of red, green and blue, of values in 0..1.")
          @Size(min = 3, max = 3)
          @Nullable List<@Min(0) @Max(1) Double> mean,
      @JsonPropertyDescription("Standard deviation of red, green and blue, of values in 0..1.")
          @Size(min = 3, max = 3)
          @Nullable List<@Min(0.001) @Max(1000) Double> std) {

    /** Known normalisations. */
    public enum Preset {
      @JsonProperty("Auto")
      AUTO,
      @JsonProperty("ImageNet")
      IMAGENET,
      @JsonProperty("Half")
      HALF,
      @JsonProperty("Clip")
      CLIP
    }
  }
}
