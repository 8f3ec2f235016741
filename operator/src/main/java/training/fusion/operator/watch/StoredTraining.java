package training.fusion.operator.watch;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus;

/** A training that is parsed when it is asked for. Who sets anything in it makes it ordinary. */
@Group(FusionTraining.GROUP)
@Version(FusionTraining.VERSION)
@Kind(FusionTraining.KIND)
@Plural("fusiontrainings")
@Singular("fusiontraining")
final class StoredTraining extends FusionTraining {
  private static final long serialVersionUID = 1;

  /** Absent: an ordinary training. */
  private transient @Nullable LazyResource<FusionTraining> stored;

  /** An ordinary one: a copy, which the operator SDK makes by way of JSON. */
  StoredTraining() {}

  StoredTraining(LazyResource<FusionTraining> stored) {
    this.stored = stored;
  }

  @Override
  public ObjectMeta getMetadata() {
    return stored == null ? super.getMetadata() : stored.get().getMetadata();
  }

  @Override
  public FusionTrainingSpec getSpec() {
    return stored == null ? super.getSpec() : stored.get().getSpec();
  }

  @Override
  public FusionTrainingStatus getStatus() {
    return stored == null ? super.getStatus() : stored.get().getStatus();
  }

  @Override
  public void setMetadata(ObjectMeta metadata) {
    makeOrdinary();
    super.setMetadata(metadata);
  }

  @Override
  public void setSpec(FusionTrainingSpec spec) {
    makeOrdinary();
    super.setSpec(spec);
  }

  @Override
  public void setStatus(FusionTrainingStatus status) {
    makeOrdinary();
    super.setStatus(status);
  }

  private void makeOrdinary() {
    if (stored != null) {
      FusionTraining whole = stored.get();
      stored = null;
      super.setMetadata(whole.getMetadata());
      super.setSpec(whole.getSpec());
      super.setStatus(whole.getStatus());
    }
  }
}
