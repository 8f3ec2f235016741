package training.fusion.operator.watch;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;

/**
 * A Job that is parsed when it is asked for. It is to be read: the client does not know its class,
 * and changes of it get lost.
 */
final class StoredJob extends Job {
  private static final long serialVersionUID = 1;
  private final transient LazyResource<Job> stored;

  StoredJob(LazyResource<Job> stored) {
    this.stored = stored;
  }

  @Override
  public ObjectMeta getMetadata() {
    return stored.get().getMetadata();
  }

  @Override
  public JobSpec getSpec() {
    return stored.get().getSpec();
  }

  @Override
  public JobStatus getStatus() {
    return stored.get().getStatus();
  }
}
