package training.fusion.api.validation;

/**
 * One thing that is wrong with a resource.
 *
 * @param path the field, such as {@code spec.training.epochs} or {@code spec.pod.env[0].name};
 *     empty for the resource as a whole
 * @param message what is wrong and what would be right
 */
public record Problem(String path, String message) {
  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
