package training.fusion.local.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A pod's mounts as folders of this machine, and the paths of its container told in their terms.
 *
 * @param own folder of this pod alone: token, scratch, termination message
 * @param mounts real folders by mount path
 */
record PodFolders(Path own, Map<String, Path> mounts, String terminationMessagePath) {
  private static final String DEFAULT_MESSAGE_PATH = "/dev/termination-log";

  /** Makes what the pod's only container mounts. */
  static PodFolders make(Pod pod, Path own, Claims claims, NodeSettings.Tokens tokens)
      throws IOException, Claims.NoSuchFolder {
    OwnerOnlyFiles.folder(own);
    Container container = pod.getSpec().getContainers().get(0);
    Map<String, Path> mounts = new LinkedHashMap<>();
    for (VolumeMount mount : container.getVolumeMounts()) {
      Path folder = folder(pod, volume(pod, mount), mount, own, claims);
      if (mount.getSubPath() != null && !mount.getSubPath().isEmpty()) {
        Path below = folder.resolve(mount.getSubPath()).normalize();
        if (!below.startsWith(folder)) {
          throw new Claims.NoSuchFolder(
              "volume %s: subPath %s leaves the volume"
                  .formatted(mount.getName(), mount.getSubPath()));
        }
        // as the kubelet does: a subPath that is not there is made, in a volume read by others too
        folder = Boolean.TRUE.equals(mount.getReadOnly()) ? below : Files.createDirectories(below);
      }
      mounts.put(mount.getMountPath(), folder);
    }
    var folders =
        new PodFolders(
            own,
            mounts,
            Objects.requireNonNullElse(
                container.getTerminationMessagePath(), DEFAULT_MESSAGE_PATH));
    folders.writeTokens(pod, tokens);
    Files.deleteIfExists(folders.terminationMessage());
    return folders;
  }

  private static Volume volume(Pod pod, VolumeMount mount) {
    return pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getName().equals(mount.getName()))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no volume named " + mount.getName()));
  }

  private static Path folder(Pod pod, Volume volume, VolumeMount mount, Path own, Claims claims)
      throws IOException, Claims.NoSuchFolder {
    if (volume.getPersistentVolumeClaim() != null) {
      return claims.folder(
          volume.getPersistentVolumeClaim().getClaimName(),
          Boolean.TRUE.equals(mount.getReadOnly())
              || Boolean.TRUE.equals(volume.getPersistentVolumeClaim().getReadOnly()));
    }
    if (volume.getEmptyDir() != null || volume.getProjected() != null) {
      return Files.createDirectories(own.resolve("volumes").resolve(volume.getName()));
    }
    if (volume.getImage() != null) {
      throw new Claims.NoSuchFolder(
          "image %s: files from an image need a cluster; use a persistentVolumeClaim and --volume, https or s3"
              .formatted(volume.getImage().getReference()));
    }
    throw new Claims.NoSuchFolder(
        "volume %s of pod %s is neither a claim nor emptyDir: such volumes need a cluster"
            .formatted(volume.getName(), pod.getMetadata().getName()));
  }

  /** Writes the pod's projected tokens, again and again before they expire. */
  void writeTokens(Pod pod, NodeSettings.Tokens tokens) throws IOException {
    for (Volume volume : pod.getSpec().getVolumes()) {
      if (volume.getProjected() == null) {
        continue;
      }
      for (var source : volume.getProjected().getSources()) {
        ServiceAccountTokenProjection asked = source.getServiceAccountToken();
        if (asked != null) {
          Path folder = Files.createDirectories(own.resolve("volumes").resolve(volume.getName()));
          OwnerOnlyFiles.write(
              folder.resolve(asked.getPath()),
              tokens.token(pod, asked.getAudience(), Duration.ofSeconds(lifetime(asked))));
        }
      }
    }
  }

  private static long lifetime(ServiceAccountTokenProjection asked) {
    return Objects.requireNonNullElse(asked.getExpirationSeconds(), 3600L);
  }

  Path terminationMessage() {
    return own.resolve("termination-log");
  }

  /** A value of an environment variable: a path in the container becomes the real one. */
  String translate(String value) {
    if (value.equals(terminationMessagePath)) {
      return terminationMessage().toString();
    }
    String longest = "";
    for (String mount : mounts.keySet()) {
      boolean below = value.equals(mount) || value.startsWith(mount + "/");
      if (below && mount.length() > longest.length()) {
        longest = mount;
      }
    }
    Path real = mounts.get(longest);
    return real == null ? value : real + value.substring(longest.length());
  }
}
