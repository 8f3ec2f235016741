package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Checkpoint;
import training.fusion.api.ClaimPath;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.resource.PodVolume;

/** What the trainer reads and writes, below {@code /fusion}. */
final class TrainerVolumes {
  static final String DATA = "/fusion/data";
  static final String WEIGHTS = "/fusion/weights";
  static final String CHECKPOINTS = "/fusion/checkpoints";
  static final String SCRATCH = "/fusion/scratch";
  static final String TOKEN_FILE = "/fusion/token/token";
  static final String RESULT_FILE = "/dev/termination-log";

  private static final String DATA_VOLUME = "fusion-data";
  private static final String WEIGHTS_VOLUME = "fusion-weights";
  private static final String CHECKPOINT_VOLUME = "fusion-checkpoints";
  private static final String SCRATCH_VOLUME = "fusion-scratch";
  private static final String TOKEN_VOLUME = "fusion-token";
  private static final long TOKEN_SECONDS = 3600;

  private TrainerVolumes() {}

  static List<Volume> volumes(FusionTraining training, String audience) {
    List<Volume> volumes = new ArrayList<>();
    data(training).ifPresent(claim -> volumes.add(claimed(DATA_VOLUME, claim)));
    weights(training).ifPresent(claim -> volumes.add(claimed(WEIGHTS_VOLUME, claim)));
    volumes.add(
        checkpoints(training)
            .map(claim -> claimed(CHECKPOINT_VOLUME, claim))
            .orElseGet(() -> empty(CHECKPOINT_VOLUME)));
    volumes.add(empty(SCRATCH_VOLUME));
    volumes.add(
        new VolumeBuilder()
            .withName(TOKEN_VOLUME)
            .withNewProjected()
            .addNewSource()
            .withNewServiceAccountToken(audience, TOKEN_SECONDS, "token")
            .endSource()
            .endProjected()
            .build());
    usersVolumes(training).forEach(volume -> volumes.add(volume(volume)));
    return volumes;
  }

  static List<VolumeMount> mounts(FusionTraining training, RunKey run) {
    List<VolumeMount> mounts = new ArrayList<>();
    data(training).ifPresent(claim -> mounts.add(mount(DATA_VOLUME, DATA, folder(claim), true)));
    weights(training)
        .ifPresent(claim -> mounts.add(mount(WEIGHTS_VOLUME, WEIGHTS, folder(claim), true)));
    mounts.add(
        mount(
            CHECKPOINT_VOLUME,
            CHECKPOINTS,
            // a pod sees its own run and no other
            checkpoints(training).map(claim -> below(folder(claim), run)).orElse(null),
            false));
    mounts.add(mount(SCRATCH_VOLUME, SCRATCH, null, false));
    mounts.add(mount(TOKEN_VOLUME, "/fusion/token", null, true));
    PodSettings settings = training.getSpec().pod();
    if (settings != null) {
      mounts.addAll(Objects.requireNonNullElse(settings.volumeMounts(), List.of()));
    }
    return mounts;
  }

  private static Optional<ClaimPath> data(FusionTraining training) {
    return Optional.ofNullable(training.getSpec().dataset().source().persistentVolumeClaim());
  }

  private static Optional<ClaimPath> weights(FusionTraining training) {
    return Optional.ofNullable(training.getSpec().model().pretrained())
        .map(pretrained -> pretrained.source().persistentVolumeClaim());
  }

  /** The claim that keeps the run, if any. */
  static Optional<ClaimPath> checkpoints(FusionTraining training) {
    return Optional.ofNullable(training.getSpec().checkpoint())
        .map(Checkpoint::volume)
        .map(Checkpoint.Volume::persistentVolumeClaim);
  }

  private static List<PodVolume> usersVolumes(FusionTraining training) {
    PodSettings settings = training.getSpec().pod();
    return settings == null || settings.volumes() == null ? List.of() : settings.volumes();
  }

  private static Volume volume(PodVolume volume) {
    return new VolumeBuilder()
        .withName(volume.name())
        .withConfigMap(volume.configMap())
        .withSecret(volume.secret())
        .withPersistentVolumeClaim(volume.persistentVolumeClaim())
        .withEmptyDir(volume.emptyDir())
        .build();
  }

  private static Volume claimed(String name, ClaimPath claim) {
    return new VolumeBuilder()
        .withName(name)
        .withNewPersistentVolumeClaim()
        .withClaimName(claim.claimName())
        .endPersistentVolumeClaim()
        .build();
  }

  private static Volume empty(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  private static VolumeMount mount(
      String volume, String path, @Nullable String folder, boolean readOnly) {
    return new VolumeMountBuilder()
        .withName(volume)
        .withMountPath(path)
        .withSubPath(folder)
        .withReadOnly(readOnly ? Boolean.TRUE : null)
        .build();
  }

  private static @Nullable String folder(ClaimPath claim) {
    return claim.path() == null || claim.path().isEmpty() ? null : claim.path();
  }

  private static String below(@Nullable String folder, RunKey run) {
    return folder == null ? run.value() : folder + "/" + run;
  }
}
