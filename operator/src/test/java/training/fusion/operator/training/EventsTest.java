package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
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
    assertThat(event.getNote()).startsWith("xxx").endsWith("x…");
    assertThat(event.getNote().getBytes(StandardCharsets.UTF_8)).hasSize(1024);
  }

  @Test
  void theirNamesAreInTheOrderOfWhatHappenedAndTheirTimesHaveMicroseconds() {
    for (String reason : List.of("JobCreated", "Running", "Succeeded")) {
      events.tell(Scene.ofTraining().training(), new Announcement("Normal", reason, "so"));
      Eventually.eventually(
          this::written, it -> assertThat(it).extracting(Event::getReason).contains(reason));
    }
    List<Event> byName =
        written().stream().sorted(Comparator.comparing(it -> it.getMetadata().getName())).toList();
    assertThat(byName)
        .extracting(Event::getReason)
        .containsExactly("JobCreated", "Running", "Succeeded");
    assertThat(byName)
        .extracting(event -> event.getEventTime().getTime())
        .containsOnly("2026-01-01T12:00:00.000000Z");
  }

  @Test
  void ofManyAtOnceEachIsWritten() {
    List<String> reasons = IntStream.range(0, 50).mapToObj(i -> "Reason" + i).toList();
    reasons.forEach(
        reason ->
            events.tell(Scene.ofTraining().training(), new Announcement("Normal", reason, "so")));
    Eventually.eventually(
        this::written,
        it ->
            assertThat(it)
                .extracting(Event::getReason)
                .containsExactlyInAnyOrderElementsOf(reasons));
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
