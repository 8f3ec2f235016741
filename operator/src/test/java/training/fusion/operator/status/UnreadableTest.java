package training.fusion.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.resource.Conditions;

@NullUnmarked // an assertion that fails is the answer to what is absent
@DisplayName("Of a training that cannot be read whole")
class UnreadableTest {
  private static final String MEMORY = "spec.pod.resources.limits.memory";

  @Test
  @DisplayName("the status says which field it is, what stands there, and what would be right")
  void told() {
    Scene scene = Scene.ofTraining().unread(MEMORY, "\"\"", "a quantity is a number");

    var change = scene.change();
    var status = scene.recorded().status();

    assertThat(status.state()).isEqualTo(State.PENDING);
    assertThat(status.observedGeneration()).isEqualTo(1);
    var stalled = Conditions.find(status.conditions(), "Stalled").orElseThrow();
    assertThat(stalled.getStatus()).isEqualTo("True");
    assertThat(stalled.getReason()).isEqualTo("Unreadable");
    assertThat(stalled.getMessage())
        .isEqualTo(
            MEMORY
                + ": \"\" cannot be read: a quantity is a number; correct it, or install an operator that knows it");
    assertThat(Conditions.find(status.conditions(), "Reconciling").orElseThrow().getStatus())
        .isEqualTo("False");
    assertThat(change.announcements())
        .extracting(Announcement::reason)
        .containsExactly("Unreadable");
    assertThat(scene.change().patch()).isEmpty();
    assertThat(scene.change().announcements()).isEmpty();
  }

  @Test
  @DisplayName("nothing else is written over what a newer operator has said")
  void kept() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod("a", Scene.running())
            .recorded()
            .unread("status.state", "\"Newer\"", "this version knows others");
    scene.training().setStatus(withoutState(scene));

    var patch = scene.change().patch();

    assertThat(patch.fieldNames()).toIterable().containsExactly("conditions");
    assertThat(Conditions.find(scene.recorded().status().conditions(), "PodsReady").orElseThrow())
        .extracting("status")
        .isEqualTo("True");
  }

  private static FusionTrainingStatus withoutState(Scene scene) {
    var tree = StatusChange.lifecycle(scene.training().getStatus());
    tree.remove("state");
    return Serialization.jsonMapper().convertValue(tree, FusionTrainingStatus.class);
  }

  @Test
  @DisplayName("a run that is over stays over")
  void over() {
    Scene scene = Scene.ofTraining().job(1);
    scene.pod("a", Scene.ended(0, scene.result())).recorded();
    scene.unread(MEMORY, "\"\"", "no quantity");

    assertThat(scene.change().patch()).isEmpty();
    assertThat(scene.generation(2).change().patch().toString())
        .isEqualTo("{\"observedGeneration\":2}");
  }

  @Test
  @DisplayName("a long message is cut to what a condition takes")
  void cut() {
    Scene scene = Scene.ofTraining().unread("spec." + "n".repeat(9_000), "1", "no");

    String message =
        Conditions.find(scene.recorded().status().conditions(), "Stalled")
            .orElseThrow()
            .getMessage();

    assertThat(message).hasSize(4096).endsWith("…");
  }
}
