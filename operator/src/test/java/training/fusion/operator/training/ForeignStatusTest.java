package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.operator.bounds.DrawnStatuses;
import training.fusion.operator.diagnosis.NoPod;
import training.fusion.operator.status.Scene;
import training.fusion.operator.status.StatusChange;
import training.fusion.operator.watch.Observation;

/**
 * A status is what the API server takes for one, whoever wrote it: a person, a backup, another
 * version of the operator.
 */
@DisplayName("A status that somebody else has written")
class ForeignStatusTest {
  private static final int DRAWN = Integer.getInteger("campaign.objects", 2000);
  private static final String WHILE_IT_LASTS =
      "runPolicy: {ttlSecondsAfterFinished: 60, pendingDeadlineSeconds: 60}";
  private static final String KEPT =
      "checkpoint: {volume: {persistentVolumeClaim: {claimName: checkpoints}}}";

  private static final List<UnaryOperator<Scene>> MOMENTS =
      List.of(
          scene -> scene,
          scene -> scene.job(1),
          scene -> scene.job(1).pod("a", Scene.running()),
          scene -> scene.job(1).jobStatus("conditions: [{type: Complete, status: 'True'}]"),
          scene ->
              scene.job(1).jobStatus("conditions: [{type: Failed, status: 'True', reason: Other}]"),
          scene -> scene.spec("suspend: true").job(1));

  @Test
  @DisplayName("is looked at like any other: what it says may be wrong, but stops nothing")
  void looked_at() throws IOException {
    var drawn = new DrawnStatuses("fusiontrainings");
    var random = new Random(24);
    for (int i = 0; i < DRAWN; i++) {
      ObjectNode status = drawn.next(random, 0);
      Scene scene = MOMENTS.get(i % MOMENTS.size()).apply(Scene.ofTraining().spec(WHILE_IT_LASTS));
      if (random.nextBoolean()) {
        scene.spec(KEPT);
      }
      if (random.nextInt(4) > 0) {
        status.put("runKey", scene.observation().run().value());
      }
      scene
          .training()
          .setStatus(Serialization.jsonMapper().convertValue(status, FusionTrainingStatus.class));
      for (Observation seen : List.of(scene.live().observation(), scene.cached().observation())) {
        assertThatCode(() -> look(seen)).as("%s", status).doesNotThrowAnyException();
      }
    }
  }

  private static void look(Observation seen) {
    Step step = Step.after(seen);
    StatusChange change = StatusChange.of(seen, Scene.CONFIGURATION.progress());
    Step.goesOnAtOnce(step, seen, !change.patch().isEmpty());
    Step.timeToLive(seen);
    Step.lingersUntil(seen);
    NoPod.isFound(seen);
  }
}
