package training.fusion.operator.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.resource.PodSettings.PodUser;
import training.fusion.operator.Configured;

class PodDefaultsTest {
  private final PodDefaults nothing = with(Map.of());
  private final PodDefaults configured =
      with(
          Map.of(
              "fusion.trainer.image", "trainer:cpu",
              "fusion.trainer.queue", "research",
              "fusion.trainer.gpu.image", "trainer:cuda",
              "fusion.trainer.gpu.runtime-class-name", "nvidia",
              "fusion.trainer.gpu.tolerated-taints", "nvidia.com/gpu"));

  @Test
  void on_a_gpu_the_configured_image_runtime_class_and_tolerations_count() {
    for (PodSettings onGpu :
        new PodSettings[] {pod("{}"), pod("gpu: {resourceClaimTemplateName: one-gpu}")}) {
      assertThat(configured.image(onGpu)).isEqualTo("trainer:cuda");
      assertThat(configured.runtimeClassName(onGpu)).isEqualTo("nvidia");
      assertThat(configured.tolerations(onGpu))
          .containsExactly(new Toleration(null, "nvidia.com/gpu", "Exists", null, null));
    }
  }

  @Test
  void on_the_cpu_only_the_general_image_does() {
    PodSettings onCpu = pod("gpu: {count: 0}");
    assertThat(configured.image(onCpu)).isEqualTo("trainer:cpu");
    assertThat(configured.runtimeClassName(onCpu)).isNull();
    assertThat(configured.tolerations(onCpu)).isEmpty();
  }

  @Test
  void what_a_training_says_comes_first_and_its_tolerations_are_kept() {
    PodSettings own =
        pod(
            """
            image: mine:1
            runtimeClassName: kata
            tolerations: [{key: spot, operator: Exists}]
            labels: {kueue.x-k8s.io/queue-name: mine}
            """);
    assertThat(configured.image(own)).isEqualTo("mine:1");
    assertThat(configured.runtimeClassName(own)).isEqualTo("kata");
    assertThat(configured.tolerations(own))
        .extracting(Toleration::getKey)
        .containsExactly("spot", "nvidia.com/gpu");
    assertThat(configured.jobLabels(own)).isEmpty();
  }

  @Test
  void a_training_that_names_no_queue_waits_in_the_configured_one() {
    assertThat(configured.jobLabels(pod("labels: {team: vision}")))
        .containsExactly(Map.entry("kueue.x-k8s.io/queue-name", "research"));
  }

  @Test
  void volumes_belong_to_the_training_s_group_or_the_configured_one_or_whom_a_cluster_assigns() {
    PodSettings own = pod("securityContext: {runAsUser: 1000, fsGroup: 2000}");
    PodSettings user = pod("securityContext: {runAsUser: 1000}");
    PodDefaults assigned = with(Map.of("fusion.trainer.fs-group", ""));

    assertThat(nothing.user(own).fsGroup()).isEqualTo(2000);
    assertThat(nothing.user(pod("{}")).fsGroup()).isEqualTo(65532);
    assertThat(with(Map.of("fusion.trainer.fs-group", "100")).user(user).fsGroup()).isEqualTo(100);
    assertThat(assigned.user(user)).isEqualTo(new PodUser(1000L, null, null, null));
    assertThat(assigned.user(own).fsGroup()).isEqualTo(2000);
  }

  @Test
  void where_nothing_is_configured_nothing_is_added() {
    assertThat(nothing.image(pod("{}"))).isEqualTo("fusion-trainer:0.1.0");
    assertThat(nothing.runtimeClassName(pod("{}"))).isNull();
    assertThat(nothing.tolerations(pod("{}"))).isEmpty();
    assertThat(nothing.jobLabels(pod("{}"))).isEmpty();
  }

  private static PodDefaults with(Map<String, String> properties) {
    return new PodDefaults(Configured.with(properties).trainer());
  }

  private static PodSettings pod(String yaml) {
    return Serialization.unmarshal(yaml, PodSettings.class);
  }
}
