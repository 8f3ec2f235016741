package training.fusion.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many GPUs the trainer's libtorch sees on this machine; it is asked once, if it is needed. */
final class MachineGpus {
  /** A line of {@code ./fusion version}. */
  private static final Pattern COUNT = Pattern.compile("(?m)^GPUs +(\\d+)$");

  private final Installation installation;
  private int count = -1;

  MachineGpus(Installation installation) {
    this.installation = installation;
  }

  int count() {
    if (count < 0) {
      count = installation.hasCuda() ? ask() : 0;
    }
    return count;
  }

  private int ask() {
    try {
      var builder = new ProcessBuilder(installation.trainerCommand(null, Duration.ZERO, "version"));
      builder.environment().putAll(installation.environment());
      Process version = builder.redirectErrorStream(true).start();
      String said = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return version.waitFor() == 0 ? count(said) : 0;
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** The number in what {@code version} says; 0: it says none. */
  static int count(String said) {
    Matcher line = COUNT.matcher(said);
    return line.find() ? Integer.parseInt(line.group(1)) : 0;
  }
}
