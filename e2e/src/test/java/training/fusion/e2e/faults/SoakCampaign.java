package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/**
 * Trainings are created, end and are deleted all the time: each is reconciled to its end, and the
 * operator's memory stays flat. {@code mvn verify -pl e2e -am -Dit.test=none -Dtest=SoakCampaign
 * -Dsurefire.failIfNoSpecifiedTests=false -Dcampaign.minutes=60}. A line is printed for each
 * minute.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@EnabledIfSystemProperty(named = "campaign.minutes", matches = "[0-9]+")
class SoakCampaign {
  private static final Duration LENGTH =
      Duration.ofMinutes(Integer.getInteger("campaign.minutes", 0));
  private static final Duration WARM_UP = Duration.ofMinutes(5);

  /** Trainings that are there at once. */
  private static final int PRESENT = 20;

  private static final long MEBIBYTE = 1 << 20;
  private static final long FLAT = 16 * MEBIBYTE;

  private final ControlPlane controlPlane;
  private final Trainings trainings;

  SoakCampaign(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "soak");
  }

  @Test
  void trainings_come_and_go_and_memory_stays_flat() throws IOException {
    try (trainings;
        var operator = new ShippedOperator(controlPlane, trainings.namespace, List.of())) {
      Instant start = Instant.now();
      Queue<String> present = new ArrayDeque<>();
      List<Long> resident = new ArrayList<>();
      int created = 0;
      while (Instant.now().isBefore(start.plus(LENGTH))) {
        String name = "soak-" + created++ + (created % 10 == 0 ? "-fails-65" : "");
        trainings.create(name, "100ms");
        present.add(name);
        if (present.size() > PRESENT) {
          endAndDelete(present.remove());
        }
        long minute = Duration.between(start, Instant.now()).toMinutes();
        if (minute > resident.size()) {
          resident.add(operator.figures().residentBytes());
          System.out.printf(
              "minute %d: %d trainings, %d MiB%n",
              minute, created, operator.figures().residentBytes() / MEBIBYTE);
        }
      }
      present.forEach(this::endAndDelete);
      int warm = (int) Math.min(WARM_UP.toMinutes(), resident.size() - 1);
      assertThat(resident.get(resident.size() - 1))
          .as("resident at the end, and after %d minutes", warm)
          .isLessThan(resident.get(warm) + FLAT);
    }
  }

  private void endAndDelete(String name) {
    if (name.endsWith("-fails-65")) {
      assertThat(Trainings.condition(trainings.ended(name), "Failed").getReason())
          .as(name)
          .isEqualTo("Diverged");
    } else {
      trainings.succeeded(name);
    }
    trainings.delete(name);
  }
}
