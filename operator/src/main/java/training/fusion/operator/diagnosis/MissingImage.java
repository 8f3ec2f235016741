package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.job.MountedImage;
import training.fusion.operator.job.TrainerPod;

/**
 * Which of a pod's images its node can't have: Kubernetes says all at the trainer's container,
 * those of its volumes too, and only the message tells which is meant.
 */
final class MissingImage {
  /** What runtimes that know no image volumes make of one: a mount without a path. */
  private static final Pattern NO_IMAGE_VOLUMES =
      Pattern.compile("mkdir \"\"|mkdir : no such file|stat : no such file");

  private MissingImage() {}

  /**
   * One of the pod's images.
   *
   * @param what it is, for people
   * @param field of the training that says so
   */
  private record Candidate(String reference, String what, String field) {
    /** Whether it is this one that is spoken of, and not one whose name begins or ends so. */
    boolean isNamedIn(String message) {
      return Stream.of(reference, canonical(reference))
          .anyMatch(
              name ->
                  Pattern.compile("(?<![\\w./-])" + Pattern.quote(name) + "(?![\\w@/]|[.:-]\\w)")
                      .matcher(message)
                      .find());
    }
  }

  /** The image that the message names, and the field that asks for it. */
  static String of(TrainerPod pod, @Nullable String message) {
    List<Candidate> all = candidates(pod);
    String words = message == null ? "" : message;
    List<Candidate> named =
        all.size() == 1 ? all : all.stream().filter(it -> it.isNamedIn(words)).toList();
    List<Candidate> meant = named.isEmpty() ? all : named;
    return (named.isEmpty() ? "one of the pod's images could not be had" : had(named))
        + PodTrouble.said(message)
        + "; check "
        + meant.stream().map(Candidate::field).collect(Collectors.joining(", "))
        + " and spec.pod.imagePullSecrets";
  }

  /** A node whose container runtime does not mount images, where the message shows that. */
  static Optional<Trouble> unsupported(TrainerPod pod, @Nullable String message) {
    return pod.imageVolumes().isEmpty()
            || message == null
            || !NO_IMAGE_VOLUMES.matcher(message).find()
        ? Optional.empty()
        : Optional.of(
            new Trouble(
                "ImageVolumeUnsupported",
                "the container runtime of node %1$s does not mount images as volumes, and %2$s is one (its words: %3$s); containerd does from 2.1 on, CRI-O from 1.31 on, and kubectl get node %1$s -o wide shows what that node has; choose other nodes by spec.pod.nodeSelector, or take the files from a persistentVolumeClaim, https or s3"
                    .formatted(
                        pod.node(),
                        mounted(pod).map(Candidate::what).collect(Collectors.joining(" and ")),
                        message.strip())));
  }

  private static String had(List<Candidate> named) {
    return named.stream().map(Candidate::what).collect(Collectors.joining(" and "))
        + " could not be had";
  }

  private static List<Candidate> candidates(TrainerPod pod) {
    var trainer = new Candidate(pod.image(), "the image " + pod.image(), "spec.pod.image");
    return Stream.concat(Stream.of(trainer), mounted(pod)).toList();
  }

  private static Stream<Candidate> mounted(TrainerPod pod) {
    return pod.imageVolumes().stream().map(MissingImage::mounted);
  }

  private static Candidate mounted(Volume volume) {
    String reference = volume.getImage().getReference();
    return MountedImage.of(volume.getName())
        .map(
            image -> new Candidate(reference, image.description() + " " + reference, image.field()))
        .orElseGet(
            () ->
                new Candidate(
                    reference,
                    "the image %s of volume %s, which is not the training's own,"
                        .formatted(reference, volume.getName()),
                    "who puts that volume into pods"));
  }

  /** As runtimes write it: with the registry and tag that are meant where none is given. */
  private static String canonical(String reference) {
    int slash = reference.indexOf('/');
    String host = slash < 0 ? "" : reference.substring(0, slash);
    boolean hasHost = host.contains(".") || host.contains(":") || host.equals("localhost");
    String name = hasHost ? reference : "docker.io/" + (slash < 0 ? "library/" : "") + reference;
    boolean hasTag = name.contains("@") || name.lastIndexOf(':') > name.lastIndexOf('/');
    return hasTag ? name : name + ":latest";
  }
}
