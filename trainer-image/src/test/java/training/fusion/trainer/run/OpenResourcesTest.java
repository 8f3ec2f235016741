package training.fusion.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What was opened one after the other")
class OpenResourcesTest {
  private final List<String> closed = new ArrayList<>();
  private final OpenResources opened = new OpenResources();

  @Test
  @DisplayName("is closed in the opposite order, once")
  void order() {
    opened.add(() -> closed.add("first"));
    opened.add(() -> closed.add("second"));
    opened.close();
    opened.close();
    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  @DisplayName("is closed although one of it can't be; a failure before keeps what failed then")
  void failing() {
    opened.add(() -> closed.add("first"));
    opened.add(
        () -> {
          throw new IllegalStateException("stuck");
        });
    opened.add(() -> closed.add("third"));
    var failure = new IllegalArgumentException("why");
    opened.closeAfter(failure);
    assertThat(closed).containsExactly("third", "first");
    assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("stuck");
  }

  @Test
  @DisplayName("says at its end what could not be closed")
  void said() {
    opened.add(
        () -> {
          throw new IllegalStateException("stuck");
        });
    assertThatThrownBy(opened::close).satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }
}
