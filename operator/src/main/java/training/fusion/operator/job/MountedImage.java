package training.fusion.operator.job;

import java.util.Arrays;
import java.util.Optional;

/** The images that a training can ask for as volumes. */
public enum MountedImage {
  /** Of {@code dataset.source}. */
  DATA(TrainerVolumes.DATA_VOLUME, "the data set's image", "spec.dataset.source.image"),
  /** Of {@code model.pretrained.source}. */
  WEIGHTS(
      TrainerVolumes.WEIGHTS_VOLUME, "the weights' image", "spec.model.pretrained.source.image"),
  /** Of {@code model.module.source}. */
  MODULE(TrainerVolumes.MODULE_VOLUME, "the network's image", "spec.model.module.source.image");

  private final String volume;
  private final String description;
  private final String field;

  MountedImage(String volume, String description, String field) {
    this.volume = volume;
    this.description = description;
    this.field = field;
  }

  /** The one that is mounted as this volume; empty for a volume that is not ours. */
  public static Optional<MountedImage> of(String volume) {
    return Arrays.stream(values()).filter(image -> image.volume.equals(volume)).findFirst();
  }

  /** What it is, for people. */
  public String description() {
    return description;
  }

  /** The field that asks for it. */
  public String field() {
    return field;
  }
}
