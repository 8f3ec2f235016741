package training.fusion.api.validation;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;

/**
 * What an absent {@code pod.gpu.count} means on one machine: a GPU if there is one, else the CPU.
 * On a cluster it is the schema's default.
 */
public final class GpuDefault {
  private GpuDefault() {}

  /** Whether a training, or the template of a sweep, leaves open what computes. */
  public static boolean isOpen(Resource document) {
    JsonPointer gpu = JsonPointer.compile("/" + pod(document).replace('.', '/') + "/gpu");
    var asked = document.value().at(gpu);
    return !asked.hasNonNull("count") && !asked.hasNonNull("resourceClaimTemplateName");
  }

  /**
   * The same with the number of GPUs.
   *
   * @param count 0: on the CPU
   */
  public static Resource decided(Resource document, int count) {
    return set(document, count, "libtorch sees " + gpus(count) + " here");
  }

  /**
   * The same with what computed when the run began.
   *
   * @param count 0: on the CPU
   */
  public static Resource asBegun(Resource document, int count) {
    return set(document, count, "its run began with " + gpus(count));
  }

  private static String gpus(int count) {
    return count == 0 ? "no GPU" : "a GPU";
  }

  private static Resource set(Resource document, int count, String why) {
    String path = pod(document) + ".gpu.count";
    var assignment =
        new FieldAssignment(path + " is absent, and " + why, null, path, String.valueOf(count));
    return FieldAssignment.apply(List.of(assignment), List.of(document)).get(0);
  }

  private static String pod(Resource document) {
    boolean sweep = document.value().path("kind").asText().equals("FusionSweep");
    return sweep ? "spec.template.pod" : "spec.pod";
  }
}
