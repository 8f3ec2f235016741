package training.fusion.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;

@Tag("process")
@DisplayName("The lock of a run's folder")
class RunLockTest {
  private final Path run;

  RunLockTest(@TempDir Path run) {
    this.run = run;
  }

  /** Another pod: holds the lock until its standard input ends. */
  public static void main(String[] arguments) throws IOException {
    try (RunLock lock = RunLock.take(Path.of(arguments[0]), arguments[1])) {
      lock.claim();
      System.out.println("taken");
      System.in.read();
      lock.check();
    }
  }

  @Test
  void isRefusedWhileALivingPodHoldsItAndTakenOverWhenItIsKilled()
      throws IOException, InterruptedException {
    Process other = holder("pod-a");
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("taken");
      assertThatThrownBy(() -> RunLock.take(run, "pod-b"))
          .isInstanceOfSatisfying(
              TrainingFailure.class,
              failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY_IO))
          .hasMessage(
              "pod pod-a is training this run in %s; wait until it has ended, or end it", run);
    } finally {
      other.destroyForcibly();
    }
    assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();

    try (RunLock lock = RunLock.take(run, "pod-b")) {
      assertThat(run.resolve("pod")).as("before the run is taken over").hasContent("pod-a\n");
      lock.claim();
      lock.check();
      assertThat(Files.readString(run.resolve("pod"))).isEqualTo("pod-b\n");
    }
  }

  @Test
  void isLostToAPodThatTookItWhereTheFileSystemKeepsNoLocks() throws IOException {
    try (RunLock lock = RunLock.take(run, "pod-a")) {
      lock.claim();
      Files.writeString(run.resolve("pod"), "pod-b\n");
      assertThatThrownBy(lock::check)
          .hasMessageStartingWith("pod pod-b is training this run in " + run);
    }
  }

  private Process holder(String podUid) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            RunLockTest.class.getName(),
            run.toString(),
            podUid)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
