package training.fusion.operator.status;

import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainerPod;

/**
 * The image that all attempts of a run use: what the first Job was made with, and by its digest
 * once a node has told it, so that a tag that moves doesn't change a run half-way.
 */
final class RunImage {
  private RunImage() {}

  static String of(Observation seen, JobView job) {
    String image = seen.recorded().map(FusionTrainingStatus::image).orElseGet(() -> job.image());
    return image.contains("@")
        ? image
        : seen.newestPod()
            .filter(pod -> pod.image().equals(image))
            .flatMap(TrainerPod::imageByDigest)
            .orElse(image);
  }
}
