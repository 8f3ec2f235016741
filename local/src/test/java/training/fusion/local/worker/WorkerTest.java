package training.fusion.local.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A worker")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerTest {
  enum Kind {
    NOW((worker, task) -> worker.execute(task)),
    LATER(
        (worker, task) -> {
          var unused = worker.schedule(task, 1, TimeUnit.MILLISECONDS);
        }),
    AGAIN(
        (worker, task) -> {
          var unused = worker.scheduleWithFixedDelay(task, 1, 1, TimeUnit.MILLISECONDS);
        });

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final BiConsumer<Worker, Runnable> given;

    Kind(BiConsumer<Worker, Runnable> given) {
      this.given = given;
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("that meets an error dies of it, so that the process ends")
  void dies(Kind kind) throws Exception {
    var told = new CompletableFuture<Throwable>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> told.complete(e));
    var worker = new Worker("of-a-test");
    try {
      kind.given.accept(
          worker,
          () -> {
            throw new OutOfMemoryError("as in a test");
          });
      assertThat(told.get()).isInstanceOf(OutOfMemoryError.class).hasMessage("as in a test");
    } finally {
      worker.shutdownNow();
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  @DisplayName("goes on after an exception, and after work that nobody wants any more")
  void goesOn() throws Exception {
    var worker = new Worker("of-a-test");
    try {
      worker.execute(
          () -> {
            throw new IllegalStateException("as in a test");
          });
      worker.schedule(() -> {}, 1, TimeUnit.HOURS).cancel(false);
      assertThat(worker.submit(() -> "done").get()).isEqualTo("done");
    } finally {
      worker.shutdownNow();
    }
  }
}
