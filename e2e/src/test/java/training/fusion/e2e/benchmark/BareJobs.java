package training.fusion.e2e.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Volumes;
import training.fusion.e2e.operator.Trainings;
import training.fusion.local.SampleTraining;

/** A Job for each item, and nobody between: what anything that makes Jobs adds to. */
@NullUnmarked // as the API server sends it, much may be absent
final class BareJobs implements BenchmarkSubject {
  private static final String CONTROLLER = "system:serviceaccount:kube-system:job-controller";

  private final KubernetesClient client;
  private final String namespace;

  BareJobs(ControlPlane controlPlane) {
    client = controlPlane.client();
    namespace = controlPlane.newNamespace("jobs");
    Volumes.bind(controlPlane, namespace, SampleTraining.DATA);
    Volumes.bind(controlPlane, namespace, SampleTraining.CHECKPOINTS);
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public void create(String item) {
    Job job =
        new JobBuilder()
            .withNewMetadata()
            .withName(item)
            .withNamespace(namespace)
            .endMetadata()
            .withNewSpec()
            .withNewTemplate()
            .withNewMetadata()
            .addToAnnotations(Trainings.RUN_FOR, AT_ONCE)
            .endMetadata()
            .withNewSpec()
            .withRestartPolicy("Never")
            .addNewContainer()
            .withName("main")
            .withImage("example.test/main:1")
            .withNewResources()
            .addToLimits("nvidia.com/gpu", new Quantity("1"))
            .endResources()
            .addNewVolumeMount()
            .withName(SampleTraining.DATA)
            .withMountPath("/data")
            .withReadOnly(true)
            .endVolumeMount()
            .addNewVolumeMount()
            .withName(SampleTraining.CHECKPOINTS)
            .withMountPath("/checkpoints")
            .endVolumeMount()
            .endContainer()
            .addNewVolume()
            .withName(SampleTraining.DATA)
            .withNewPersistentVolumeClaim(SampleTraining.DATA, true)
            .endVolume()
            .addNewVolume()
            .withName(SampleTraining.CHECKPOINTS)
            .withNewPersistentVolumeClaim(SampleTraining.CHECKPOINTS, false)
            .endVolume()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    client.resource(job).create();
  }

  @Override
  public String itemOf(HasMetadata made) {
    return made instanceof Job
        ? made.getMetadata().getName()
        : made.getMetadata().getLabels().get("batch.kubernetes.io/job-name");
  }

  @Override
  public SharedIndexInformer<?> watchEnds(ItemTimes seen) {
    return client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .inform(ArrivalTimes.ofJobs(new ConcurrentHashMap<>(), seen.ended(), this::itemOf));
  }

  @Override
  public boolean isRequest(JsonNode event) {
    return event.at("/user/username").asText().equals(CONTROLLER);
  }

  @Override
  public Optional<Controller> controller() {
    return Optional.empty();
  }
}
