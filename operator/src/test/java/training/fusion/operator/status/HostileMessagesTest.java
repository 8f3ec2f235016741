package training.fusion.operator.status;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.operator.status.StatusChangeTest.condition;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.validation.CrdValidator;
import training.fusion.operator.job.HostileMessages;
import training.fusion.operator.job.HostileMessages.Hostile;
import training.fusion.operator.job.MutatedMessages;

/** Whatever a container's last words are, the run ends, and the definition takes its status. */
@DisplayName("A termination message that no trainer of ours writes")
class HostileMessagesTest {
  private static final int MUTATED = 1500;

  static Stream<Hostile> hostile() {
    return HostileMessages.all().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  @DisplayName("leads to a recorded end")
  void table(Hostile hostile) {
    Scene scene = Scene.ofTraining().job(1);
    String text = hostile.textFor(scene.observation().run().value());

    ended(scene, hostile.exitCode(), text);

    assertThat(scene.status().state()).hasToString(hostile.state().toUpperCase(Locale.ROOT));
    String type = hostile.state().equals("Succeeded") ? "Complete" : "Failed";
    assertThat(condition(scene, type).getReason()).isEqualTo(hostile.reason());
    assertTaken(scene);
  }

  @Test
  @DisplayName("leads to one however it is made of a good one")
  void mutated() {
    String key = Scene.ofTraining().job(1).observation().run().value();
    List<String> messages = MutatedMessages.of(key, 47, MUTATED);
    int succeeded = 0;
    for (int i = 0; i < messages.size(); i++) {
      Scene scene = Scene.ofTraining().job(1);
      ended(scene, i % 3 == 0 ? 70 : 0, messages.get(i));
      assertThat(scene.status().completionTime()).as("%s", messages.get(i)).isNotNull();
      assertTaken(scene);
      succeeded += scene.status().state() == State.SUCCEEDED ? 1 : 0;
    }
    assertThat(succeeded).isBetween(MUTATED / 5, MUTATED * 3 / 5);
  }

  @Test
  @DisplayName("leaves what is good in it")
  void good() {
    Scene scene = Scene.ofTraining().job(1);
    String valid = HostileMessages.valid(scene.observation().run().value());
    ended(
        scene, 0, valid.replace("\"accuracy\":0.71", "\"accuracy\":1e999").replace("300", "-300"));
    var status = scene.status();
    assertThat(status.test()).isNull();
    assertThat(requireNonNull(status.metrics()).accuracy()).isEqualTo(0.7); // of the best
    assertThat(requireNonNull(status.model()).sha256()).isEqualTo("ab");
    assertThat(requireNonNull(status.history())).hasSize(2);
    assertThat(requireNonNull(status.optimization()).lowLevelParameters()).isNull();
    assertThat(status.skippedPictures()).isEqualTo(2);
    assertThat(status.classesWithoutPictures())
        .isEqualTo(
            new ClassesWithoutPictures(
                new ClassesWithoutPictures.Listed(5000, List.of()), null, null));
  }

  private static void ended(Scene scene, int exitCode, String message) {
    scene.pod("a", Scene.running()).endedWith(exitCode, message);
    scene.jobStatus(
        exitCode == 0
            ? "conditions: [{type: Complete, status: 'True'}]"
            : "conditions: [{type: Failed, status: 'True', reason: PodFailurePolicy, message: m}]");
    scene.recorded();
    assertThat(scene.status().completionTime()).as(message).isNotNull();
    assertThat(scene.change().patch()).as(message).isEmpty();
  }

  private static void assertTaken(Scene scene) {
    ObjectNode object = Serialization.jsonMapper().valueToTree(scene.training());
    ObjectNode before = object.deepCopy();
    before.remove("status");
    assertThat(CrdValidator.forFusionTraining().validateStatusUpdate(object, before).problems())
        .isEmpty();
  }
}
