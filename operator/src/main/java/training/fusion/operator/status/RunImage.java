package training.fusion.operator.status;

import java.util.Optional;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.watch.Observation;

/**
 * The image that all attempts of a run use: what the first Job was made with, and by its digest
 * once a node has told it, so that a tag that moves doesn't change a run half-way.
 */
final class RunImage {
  private RunImage() {}

  static Optional<String> of(Observation seen, JobView job) {
    return seen.recorded()
        .map(FusionTrainingStatus::image)
        .or(job::image)
        .map(image -> image.contains("@") ? image : byDigest(seen, image));
  }

  private static String byDigest(Observation seen, String image) {
    return seen.newestPod()
        .filter(pod -> pod.image().equals(image))
        .flatMap(TrainerPod::imageByDigest)
        .orElse(image);
  }
}
