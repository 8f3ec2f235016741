package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.resource.PodSettings.PodUser;
import training.fusion.operator.configuration.OperatorConfiguration;

/** What the operator's configuration says where a training's {@code spec.pod} does not. */
record PodDefaults(OperatorConfiguration.Trainer trainer) {
  /** Label keys that a queue reads from Jobs; on a pod they would make it queued a second time. */
  static final String KUEUE = "kueue.x-k8s.io/";

  private static final String QUEUE = KUEUE + "queue-name";

  /** The training's image; else that of trainings on a GPU, if it is one; else the general one. */
  String image(PodSettings settings) {
    String asked = settings.image();
    if (asked != null && !asked.isEmpty()) {
      return asked;
    }
    return isOnGpu(settings) ? trainer.gpu().image().orElseGet(trainer::image) : trainer.image();
  }

  @Nullable String runtimeClassName(PodSettings settings) {
    return settings.runtimeClassName() == null && isOnGpu(settings)
        ? trainer.gpu().runtimeClassName().orElse(null)
        : settings.runtimeClassName();
  }

  /** The training's tolerations, and on a GPU those of the configured taints, whatever they say. */
  List<Toleration> tolerations(PodSettings settings) {
    List<Toleration> tolerations =
        new ArrayList<>(Objects.requireNonNullElse(settings.tolerations(), List.of()));
    if (isOnGpu(settings)) {
      for (String taint : trainer.gpu().toleratedTaints().orElse(List.of())) {
        tolerations.add(new TolerationBuilder().withKey(taint).withOperator("Exists").build());
      }
    }
    return tolerations;
  }

  /** Whom it runs as; the configured group owns its volumes where the training names none. */
  PodUser user(PodSettings settings) {
    PodUser asked =
        Objects.requireNonNullElse(settings.securityContext(), new PodUser(null, null, null, null));
    return asked.fsGroup() != null
        ? asked
        : new PodUser(
            asked.runAsUser(),
            asked.runAsGroup(),
            trainer.fsGroup().isPresent() ? trainer.fsGroup().getAsLong() : null,
            asked.supplementalGroups());
  }

  /** Labels of the Job alone: the queue, where the training names none. */
  Map<String, String> jobLabels(PodSettings settings) {
    Map<String, String> labels = Objects.requireNonNullElse(settings.labels(), Map.of());
    return labels.containsKey(QUEUE)
        ? Map.of()
        : trainer.queue().map(queue -> Map.of(QUEUE, queue)).orElse(Map.of());
  }

  private static boolean isOnGpu(PodSettings settings) {
    return TrainerResources.gpuCount(settings) > 0;
  }
}
