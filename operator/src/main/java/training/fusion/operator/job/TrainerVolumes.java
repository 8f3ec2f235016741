package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Checkpoint;
import training.fusion.api.ClaimPath;
import training.fusion.api.Source;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.resource.PodVolume;

/** What the trainer reads and writes, below {@code /fusion}. */
final class TrainerVolumes {
  static final String DATA = "/fusion/data";
  static final String WEIGHTS = "/fusion/weights";
  static final String CACHE = "/fusion/cache";
  static final String RESUME_FROM = "/fusion/resume-from";
  static final String CHECKPOINTS = "/fusion/checkpoints";
  static final String SCRATCH = "/fusion/scratch";
  static final String TOKEN_FILE = "/fusion/token/token";
  static final String RESULT_FILE = "/dev/termination-log";

  static final String DATA_VOLUME = "fusion-data";
  static final String WEIGHTS_VOLUME = "fusion-weights";
  static final String MODULE_VOLUME = "fusion-module";
  private static final String CHECKPOINT_VOLUME = "fusion-checkpoints";
  private static final String SCRATCH_VOLUME = "fusion-scratch";
  private static final String TOKEN_VOLUME = "fusion-token";
  private static final long TOKEN_SECONDS = 3600;

  /** Folder of fetched files beside those of the runs; no run key begins with a dot. */
  private static final String CACHE_FOLDER = ".cache";

  private TrainerVolumes() {}

  static List<Volume> volumes(FusionTraining training, String audience) {
    List<Volume> volumes = new ArrayList<>();
    mounted(training).forEach(mounted -> volumes.add(mounted.volume()));
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
    mounted(training).forEach(mounted -> mounts.add(mounted.mount()));
    mounts.add(
        mount(
            CHECKPOINT_VOLUME,
            CHECKPOINTS,
            // a pod sees its own run and no other
            checkpoints(training).map(claim -> below(claim, run.value())).orElse(null),
            false));
    checkpoints(training).ifPresent(claim -> mounts.addAll(besidesTheRun(training, claim)));
    mounts.add(mount(SCRATCH_VOLUME, SCRATCH, null, false));
    mounts.add(mount(TOKEN_VOLUME, "/fusion/token", null, true));
    PodSettings settings = training.getSpec().pod();
    if (settings != null) {
      mounts.addAll(Objects.requireNonNullElse(settings.volumeMounts(), List.of()));
    }
    return mounts;
  }

  /** Of the volume's other folders a pod sees these two, where it has been asked for them. */
  private static List<VolumeMount> besidesTheRun(FusionTraining training, ClaimPath claim) {
    List<VolumeMount> mounts = new ArrayList<>();
    if (fetches(training)) {
      mounts.add(mount(CHECKPOINT_VOLUME, CACHE, below(claim, CACHE_FOLDER), false));
    }
    resumeFrom(training)
        .ifPresent(
            other -> mounts.add(mount(CHECKPOINT_VOLUME, RESUME_FROM, below(claim, other), true)));
    return mounts;
  }

  /** A source that Kubernetes mounts, read-only. */
  private record Mounted(Volume volume, VolumeMount mount) {}

  private static List<Mounted> mounted(FusionTraining training) {
    // the same place, by a name that tells which field asked for it
    String weights = training.getSpec().model().module() == null ? WEIGHTS_VOLUME : MODULE_VOLUME;
    return Stream.concat(
            mounted(training.getSpec().dataset().source(), DATA_VOLUME, DATA).stream(),
            weights(training).flatMap(source -> mounted(source, weights, WEIGHTS)).stream())
        .toList();
  }

  private static Optional<Mounted> mounted(Source source, String name, String path) {
    if (source.persistentVolumeClaim() != null) {
      ClaimPath claim = source.persistentVolumeClaim();
      return Optional.of(new Mounted(claimed(name, claim), mount(name, path, folder(claim), true)));
    }
    if (source.image() != null) {
      Source.Image image = source.image();
      Volume volume =
          new VolumeBuilder()
              .withName(name)
              .withNewImage()
              .withReference(image.reference())
              .endImage()
              .build();
      return Optional.of(new Mounted(volume, mount(name, path, folder(image.path()), true)));
    }
    return Optional.empty();
  }

  /**
   * The images that were asked for as volumes and are no longer in the Job: an API server without
   * image volumes drops them without a word, and the volumes become empty folders.
   */
  static List<String> droppedImages(FusionTraining training, Job job) {
    Map<String, Volume> there =
        job.getSpec().getTemplate().getSpec().getVolumes().stream()
            .collect(Collectors.toMap(Volume::getName, Function.identity()));
    return mounted(training).stream()
        .map(Mounted::volume)
        .filter(asked -> asked.getImage() != null)
        .filter(
            asked -> {
              Volume kept = there.get(asked.getName());
              return kept == null || kept.getImage() == null;
            })
        .map(asked -> asked.getImage().getReference())
        .toList();
  }

  /** Where pretrained weights come from, or somebody's own network, if there is either. */
  static Optional<Source> weights(FusionTraining training) {
    return Optional.ofNullable(training.getSpec().model().file());
  }

  /** Whether the trainer has to fetch data or weights itself. */
  static boolean fetches(FusionTraining training) {
    return isFetched(training.getSpec().dataset().source())
        || weights(training).filter(TrainerVolumes::isFetched).isPresent();
  }

  /** Whether the trainer has to fetch this itself. */
  static boolean isFetched(Source source) {
    return source.https() != null || source.s3() != null;
  }

  /** The run on the same volume that this one goes on from, if any. */
  static Optional<String> resumeFrom(FusionTraining training) {
    return Optional.ofNullable(training.getSpec().checkpoint()).map(Checkpoint::resumeFrom);
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
    return folder(claim.path());
  }

  private static @Nullable String folder(@Nullable String path) {
    return path == null || path.isEmpty() ? null : path;
  }

  private static String below(ClaimPath claim, String name) {
    String folder = folder(claim);
    return folder == null ? name : folder + "/" + name;
  }
}
