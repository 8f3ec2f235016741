package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import training.fusion.api.resource.PodVolume;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.watch.Observation;

/**
 * Why a pod as a whole was ended or never begun, whatever its containers did: its node's words, or
 * those of whoever took it away, and the field that would help. The sentences are those of
 * Kubernetes 1.34 ({@code pkg/kubelet/eviction}); others are passed on as they are.
 */
final class NodeVerdict {
  private static final String DISK = "spec.pod.resources.limits.ephemeral-storage";
  private static final Pattern VOLUME =
      Pattern.compile("Usage of EmptyDir volume \"([^\"]+)\" exceeds the limit");
  private static final Pattern CONTAINER =
      Pattern.compile("Container (\\S+) exceeded its local ephemeral storage limit");
  private static final Pattern POD =
      Pattern.compile("Pod ephemeral local storage usage exceeds the total limit");
  private static final Pattern PRESSURE =
      Pattern.compile("The node was low on resource: (memory|ephemeral-storage)\\b");

  private NodeVerdict() {}

  /** What was said of a failed pod, if anything was. */
  static Optional<Trouble> of(Observation seen, TrainerPod pod) {
    Optional<PodCondition> disruption = pod.condition("DisruptionTarget", "True");
    if (disruption.isPresent()) {
      String words = words(disruption.get().getMessage());
      return Optional.of(
          new Trouble(
              disruption.get().getReason(),
              "the pod was taken off its node"
                  + PodTrouble.said(words)
                  + remedy(seen, words)
                  + "; not counted as a retry"));
    }
    return pod.reason()
        .filter(reason -> !reason.isEmpty())
        .map(
            reason -> {
              String words = words(pod.message().orElse(""));
              return new Trouble(
                  reason,
                  what(pod, reason)
                      + PodTrouble.said(words)
                      + remedy(seen, words)
                      + "; counted as a retry");
            });
  }

  private static String what(TrainerPod pod, String reason) {
    boolean ran = pod.startedAt().isPresent() || pod.terminated().isPresent();
    if (!ran) {
      return "node " + pod.node() + " has not taken the pod";
    }
    return "the pod was "
        + (reason.equals("Evicted") ? "evicted" : "ended")
        + " by its node "
        + pod.node();
  }

  private static String remedy(Observation seen, String words) {
    Matcher volume = VOLUME.matcher(words);
    if (volume.find()) {
      return volumeRemedy(seen, volume.group(1));
    }
    Matcher container = CONTAINER.matcher(words);
    if (container.find() && !container.group(1).equals(TrainerPod.CONTAINER)) {
      return "; that container is not the training's own: ask who puts it into pods";
    }
    if (container.reset().find() || POD.matcher(words).find()) {
      return seen.isKept()
          ? "; raise " + DISK
          : "; raise " + DISK + ", or give the run a spec.checkpoint.volume for what it writes";
    }
    Matcher pressure = PRESSURE.matcher(words);
    return pressure.find()
        ? "; raise spec.pod.resources.requests."
            + pressure.group(1)
            + ": what uses more than it asked for is evicted first"
        : "";
  }

  private static String volumeRemedy(Observation seen, String name) {
    var settings = seen.training().getSpec().pod();
    List<PodVolume> volumes =
        settings == null || settings.volumes() == null ? List.of() : settings.volumes();
    return volumes.stream().anyMatch(volume -> name.equals(volume.name()))
        ? "; raise emptyDir.sizeLimit of " + name + " in spec.pod.volumes"
        : "; that limit is not the training's own: ask who puts it into pods";
  }

  /** Without the full stop at the end. */
  private static String words(String message) {
    return message == null ? "" : message.strip().replaceFirst("\\.$", "");
  }
}
