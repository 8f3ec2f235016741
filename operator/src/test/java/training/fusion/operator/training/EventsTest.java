package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import training.fusion.operator.Eventually;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.status.Announcement;
import training.fusion.operator.status.Scene;

class EventsTest {
  private final InMemoryApi api = new InMemoryApi();
  private final Events events = new Events(api.client(), InstantSource.fixed(Scene.START));

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void anEventNamesTheTrainingAndWhatHappened() {
    events.tell(
        Scene.ofTraining().training(), new Announcement("Warning", "Diverged", "x".repeat(2000)));
    Event event = Eventually.eventually(this::written, it -> assertThat(it).hasSize(1)).get(0);
    assertThat(event.getRegarding().getKind()).isEqualTo("FusionTraining");
    assertThat(event.getRegarding().getName()).isEqualTo("quickstart");
    assertThat(event.getRegarding().getUid()).isEqualTo(Scene.UID);
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getReason()).isEqualTo("Diverged");
    assertThat(event.getNote()).hasSize(1024).endsWith("…");
  }

  @Test
  void whoCanNotTellDoesNotFail() {
    api.stop();
    events.tell(Scene.ofTraining().training(), new Announcement("Normal", "Running", "it runs"));
  }

  private List<Event> written() {
    return api.client().events().v1().events().inNamespace("vision").list().getItems();
  }
}
