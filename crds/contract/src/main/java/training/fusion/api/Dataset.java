package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The data: where they are, how they are split, how they become the network's input. */
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
@ValidationRule(
    value = "!has(self.shards) || self.format == 'WebDataset'",
    message =
        "dataset.shards is about tar files of samples; set dataset.format to WebDataset, or leave shards out")
@ValidationRule(
    value =
        "!has(self.shards) || !has(self.shards.test) || !has(self.split) || !has(self.split.test)",
    message =
        "dataset.shards.test and dataset.split.test both say what to test on; set one of them")
@ValidationRule(
    value = "!has(self.tensors) || self.format == 'Tensors'",
    message =
        "dataset.tensors is about arrays; set dataset.format to Tensors, or leave tensors out")
@ValidationRule(
    value =
        "!has(self.tensors) || !has(self.tensors.test) || !has(self.split) || !has(self.split.test)",
    message =
        "dataset.tensors.test and dataset.split.test both say what to test on; set one of them")
@ValidationRule(
    value =
        "self.format != 'Tensors' || !has(self.resize) || (!(has(self.resize.mode) && self.resize.mode != 'Squash') && !(has(self.resize.interpolation) && self.resize.interpolation != 'Bilinear'))",
    message =
        "dataset.resize is about pictures, and tensors come as the network takes them; remove it",
    fieldPath = ".resize")
@ValidationRule(
    value =
        "self.format != 'Tensors' || !has(self.normalization) || (has(self.normalization.preset) && self.normalization.preset == 'Auto')",
    message =
        "dataset.normalization is about pictures; set mean and std of dataset.tensors.inputs, or none",
    fieldPath = ".normalization")
public record Dataset(
    @Required
        @JsonPropertyDescription(
            "How the files are laid out. CIFAR10 and CIFAR100 (its 100 fine classes): their binary"
                + " or Python versions; IDX: the MNIST family; ImageFolder: JPEG, PNG, BMP, WebP,"
                + " TIFF, PPM and PGM, one folder per class, at the top or within"
                + " train, val (or validation) and test; WebDataset: tar files with samples of KEY.jpg"
                + " (or another picture's ending) and KEY.cls; Tensors: arrays of any shape in"
                + " safetensors, .npy and .npz files. Pictures are read as torchvision's"
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
                + " leaves out and counts those that cannot be; of Tensors, rows with NaN or infinity."
                + " A damaged file of many, as IDX, CIFAR10, CIFAR100 and Tensors have, is always"
                + " refused.")
        @Default("Fail")
        @Nullable OnError onError,
    @JsonPropertyDescription(
            "A table of ImageFolder's pictures and their classes, which counts instead of the"
                + " folders' names. Absent: class folders.")
        @Nullable Labels labels,
    @JsonPropertyDescription(
            "A list of ImageFolder's pictures and their classes, by which no folder is listed: for"
                + " very many pictures. Absent: folders are listed.")
        @Nullable FileList files,
    @JsonPropertyDescription(
            "Which tar files of WebDataset belong to which part, and what of a sample counts. Absent:"
                + " all below the source, by the words train, val and test in their names and folders;"
                + " KEY.cls is the class.")
        @Nullable Shards shards,
    @JsonPropertyDescription(
            "Which files of Tensors belong to which part, and which of their tensors are the"
                + " network's inputs. Absent: all below the source, by the words train, val and test in"
                + " their names and folders; the tensor called label is the class, all others are"
                + " inputs.")
        @Nullable Tensors tensors) {
  private static final String TRAIN_WITHIN =
      "!has(self.train) || (!self.train.startsWith('/') && !self.train.split('/').exists(p, p == '..'))";
  private static final String VALIDATION_WITHIN =
      "!has(self.validation) || (!self.validation.startsWith('/') && !self.validation.split('/').exists(p, p == '..'))";
  private static final String TEST_WITHIN =
      "!has(self.test) || (!self.test.startsWith('/') && !self.test.split('/').exists(p, p == '..'))";

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
    IMAGE_FOLDER,
    /** Tar files with samples: members that have their names up to the first dot in common. */
    @JsonProperty("WebDataset")
    WEB_DATASET,
    /** Arrays by name in safetensors, .npy and .npz files, a sample in each row. */
    @JsonProperty("Tensors")
    TENSORS
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

  /** Tar files of samples, and what of a sample is its picture and its class. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.train) || (!has(self.validation) && !has(self.test))",
      message =
          "shards.validation and shards.test stand beside shards.train; say there which shards to train on")
  @ValidationRule(value = Dataset.TRAIN_WITHIN, message = Shards.WITHIN, fieldPath = ".train")
  @ValidationRule(
      value = Dataset.VALIDATION_WITHIN,
      message = Shards.WITHIN,
      fieldPath = ".validation")
  @ValidationRule(value = Dataset.TEST_WITHIN, message = Shards.WITHIN, fieldPath = ".test")
  public record Shards(
      @JsonPropertyDescription(
              "Shards to train on: their paths within the source, in short as shells write them, such"
                  + " as imagenet-train-{000000..001281}.tar, or a folder. All of them have to be"
                  + " there. Absent: by their names.")
          @Size(min = 1, max = 1024)
          @Nullable String train,
      @JsonPropertyDescription(
              "Shards to validate on. Absent: split.validation is drawn from those to train on.")
          @Size(min = 1, max = 1024)
          @Nullable String validation,
      @JsonPropertyDescription(
              "Shards to test on. Absent: split.test is drawn from those to train on.")
          @Size(min = 1, max = 1024)
          @Nullable String test,
      @JsonPropertyDescription(
              "Extension of a sample's picture, in small letters: what follows the first dot of a"
                  + " member's name. Absent: the one that is jpg, jpeg, png, webp, bmp, ppm, pgm, tif"
                  + " or tiff.")
          @Size(max = 64)
          @Pattern(EXTENSION)
          @Nullable String pictureExtension,
      @JsonPropertyDescription(
              "Extension of a sample's label: a member with the number of a class, from 0, or its"
                  + " name; one that ends in json is an object with one of them under labelField."
                  + " Absent: cls, else json.")
          @Size(max = 64)
          @Pattern(EXTENSION)
          @Nullable String labelExtension,
      @JsonPropertyDescription(
              "Key of the class in a JSON label. Absent: by usual names such as label, class or"
                  + " target.")
          @Size(min = 1, max = 256)
          @Nullable String labelField,
      @JsonPropertyDescription(
              "Path within the source of a text file with the classes' names, that of class 0 in the"
                  + " first line. Absent: classes are called by their numbers.")
          @Size(min = 1, max = 1024)
          @Nullable String classNames,
      @JsonPropertyDescription(
              "How many pictures the next one of an epoch is drawn from. Shards are read in an order"
                  + " that is drawn for each epoch, each from its beginning; the larger, the better"
                  + " mixed, and the farther apart the places that are read. 1: in the order of the"
                  + " members. Absent: 8192.")
          @Min(1)
          @Max(100000000)
          @Nullable Integer shuffleBuffer) {
    private static final String WITHIN =
        "shards' paths begin at the source's folder; write them without a leading '/' and without '..'";

    /** Without the dot before it. */
    private static final String EXTENSION = "^[^./A-Z][^/A-Z]*$";
  }

  /** Files with arrays, and what of them is an input and what the class. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.train) || (!has(self.validation) && !has(self.test))",
      message =
          "tensors.validation and tensors.test stand beside tensors.train; say there which files to train on")
  @ValidationRule(value = Dataset.TRAIN_WITHIN, message = Tensors.WITHIN, fieldPath = ".train")
  @ValidationRule(
      value = Dataset.VALIDATION_WITHIN,
      message = Tensors.WITHIN,
      fieldPath = ".validation")
  @ValidationRule(value = Dataset.TEST_WITHIN, message = Tensors.WITHIN, fieldPath = ".test")
  @ValidationRule(
      value =
          "!has(self.inputs) || self.inputs.all(one, self.inputs.exists_one(other, other.name == one.name))",
      message = "tensors.inputs names a tensor twice; name each once",
      fieldPath = ".inputs")
  @ValidationRule(
      value =
          "!has(self.inputs) || !self.inputs.exists(one, one.name == (has(self.label) ? self.label : 'label'))",
      message = "tensors.inputs names the tensor with the labels; a network is not told the class",
      fieldPath = ".inputs")
  public record Tensors(
      @JsonPropertyDescription(
              "Files to train on: their paths within the source, in short as shells write them, such"
                  + " as train-{00..15}.safetensors or {signal,label}.npy, or a folder. Several are one"
                  + " after the other, in this order. Absent: by their names.")
          @Size(min = 1, max = 1024)
          @Nullable String train,
      @JsonPropertyDescription(
              "Files to validate on. Absent: split.validation is drawn from those to train on.")
          @Size(min = 1, max = 1024)
          @Nullable String validation,
      @JsonPropertyDescription(
              "Files to test on. Absent: split.test is drawn from those to train on.")
          @Size(min = 1, max = 1024)
          @Nullable String test,
      @JsonPropertyDescription(
              "Name of the tensor with the classes' numbers, from 0, one for each row. Absent: label.")
          @Size(min = 1, max = 256)
          @Nullable String label,
      @JsonPropertyDescription(
              "Names of the tensors that the network takes. Others in the files are not used. Absent:"
                  + " all but that of the labels.")
          @Size(min = 1, max = 16)
          @Nullable List<Input> inputs,
      @JsonPropertyDescription(
              "Path within the source of a text file with the classes' names, that of class 0 in the"
                  + " first line. Absent: classes are called by their numbers.")
          @Size(min = 1, max = 1024)
          @Nullable String classNames) {
    private static final String WITHIN =
        "tensors' paths begin at the source's folder; write them without a leading '/' and without '..'";

    /** A tensor that the network takes. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
        value = "has(self.mean) == has(self.std)",
        message = "an input needs mean and std together; add the one that is missing")
    @ValidationRule(
        value = "!has(self.mean) || !has(self.std) || size(self.mean) == size(self.std)",
        message =
            "mean and std have a number for each channel; give as many of one as of the other")
    public record Input(
        @Required
            @JsonPropertyDescription(
                "The tensor's name: the key in a safetensors or .npz file, the name of a .npy file"
                    + " without its ending.")
            @Size(min = 1, max = 256)
            String name,
        @JsonPropertyDescription(
                "What is subtracted from the values: one number for each channel, which is the"
                    + " dimension after the samples, or one for all. Absent: nothing; values are the"
                    + " network's input as they are.")
            @Size(min = 1, max = 4096)
            @Nullable List<@Min(-1e15) @Max(1e15) Double> mean,
        @JsonPropertyDescription("What they are divided by then; as many numbers.")
            @Size(min = 1, max = 4096)
            @Nullable List<@Min(value = 0, inclusive = false) @Max(1e15) Double> std) {}
  }

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
