package training.fusion.trainer.cli;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.validation.GpuDefault;
import training.fusion.api.validation.Resource;
import training.fusion.trainer.model.GpuSearch;
import training.fusion.trainer.model.Libtorch;

/** Where a file leaves open what computes: a GPU, if libtorch sees one. */
final class GpuChoice {
  private static final Logger LOG = LoggerFactory.getLogger(GpuChoice.class);

  private GpuChoice() {}

  /** The resource with what computes here; says so, if it was open. */
  static Resource decided(Resource document) {
    if (!GpuDefault.isOpen(document)) {
      return document;
    }
    int count = Math.min(1, Libtorch.gpusHere());
    LOG.info(
        "pod.gpu.count is not set: {}",
        count > 0
            ? "the GPU computes"
            : Libtorch.isForCuda()
                ? "the CPU computes, as libtorch sees no GPU here: "
                    + GpuSearch.here().whyNone().orElseThrow()
                : "the CPU computes; ./fusion --cuda train uses an NVIDIA GPU");
    return GpuDefault.decided(document, count);
  }

  /** As {@link #decided(Resource)}, of those of ours among what a file holds. */
  static List<Resource> decided(List<Resource> documents) {
    return documents.stream()
        .map(it -> it.value().path("kind").asText().equals("FusionTraining") ? decided(it) : it)
        .toList();
  }
}
