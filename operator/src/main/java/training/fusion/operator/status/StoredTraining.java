package training.fusion.operator.status;

import com.fasterxml.jackson.databind.ObjectReader;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.operator.status.Packer.Packed;

/**
 * A training that is kept as packed JSON; spec and status are parsed when they are asked for, and
 * forgotten when memory is wanted. Where thousands of reconciles wait for their turn, the operator
 * SDK holds a training for each, of which it reads no more than the metadata; parsed whole, each
 * took 10 KiB.
 */
@Group(FusionTraining.GROUP)
@Version(FusionTraining.VERSION)
@Kind(FusionTraining.KIND)
@Plural("fusiontrainings")
@Singular("fusiontraining")
final class StoredTraining extends FusionTraining {
  private static final long serialVersionUID = 1;
  private static final ObjectReader METADATA =
      Serialization.jsonMapper().readerFor(ObjectMeta.class).at("/metadata");
  private static final ObjectReader WHOLE =
      Serialization.jsonMapper().readerFor(FusionTraining.class);

  /** Absent: an ordinary training, with spec and status of its own. */
  private transient @Nullable Packed json;

  private transient volatile Reference<FusionTraining> parsed = new WeakReference<>(null);

  /** An ordinary one: a copy, which the operator SDK makes by way of JSON. */
  StoredTraining() {}

  /** Of a training's JSON. */
  StoredTraining(Packed json) {
    setMetadata(read(METADATA, ObjectMeta.class, json));
    this.json = json;
  }

  @Override
  public FusionTrainingSpec getSpec() {
    return json == null ? super.getSpec() : whole(json).getSpec();
  }

  @Override
  public FusionTrainingStatus getStatus() {
    return json == null ? super.getStatus() : whole(json).getStatus();
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
    if (json != null) {
      FusionTraining whole = whole(json);
      json = null;
      super.setSpec(whole.getSpec());
      super.setStatus(whole.getStatus());
    }
  }

  // two threads may parse it both
  private FusionTraining whole(Packed json) {
    FusionTraining whole = parsed.get();
    if (whole == null) {
      whole = read(WHOLE, FusionTraining.class, json);
      parsed = new WeakReference<>(whole);
    }
    return whole;
  }

  private static <T> T read(ObjectReader reader, Class<T> type, Packed json) {
    try {
      return reader.readValue(json.unpack(), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
