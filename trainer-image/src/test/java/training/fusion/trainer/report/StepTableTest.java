package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.checkpoint.StepPoint;

@DisplayName("The table of steps")
class StepTableTest {
  private static final List<String> LEVELS = List.of("lowLevel", "highLevel");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @Test
  @DisplayName("has a line for each point, what the machine has to do with it last")
  void lines() {
    assertThat(table().toCsv())
        .isEqualTo(
            """
            step,steps,loss,highest_loss,learning_rate_lowLevel,learning_rate_highLevel,\
            gradient_norm_lowLevel,gradient_norm_highLevel,weight_norm_lowLevel,\
            weight_norm_highLevel,swats_switch_step,seconds,seconds_waited,resident_bytes,\
            peak_bytes,device_bytes
            2,2,1.25,1.5,0.001,0.02,7.0,8.0,50.0,100.0,,0.500000,0.125000,1024,2048,4096
            3,1,1.0,1.0,0.0,0.02,6.0,5.0,,,2,0.250000,0.000000,,,
            """);
    String header = table().toCsv().lines().findFirst().orElseThrow();
    assertThat(header.split(",")).endsWith("device_bytes").hasSize(11 + StepTable.MACHINE_COLUMNS);
  }

  @Test
  @DisplayName("is read as it was written")
  void read() throws IOException {
    table().write(folder);
    assertThat(StepTable.read(folder)).isEqualTo(table());
    assertThat(StepTable.read(folder.resolve("none")).curve()).isEqualTo(StepCurve.NONE);
  }

  @Test
  @DisplayName("says nothing of levels that another run has divided otherwise")
  void otherLevels() throws IOException {
    new StepTable(List.of("all"), table().curve()).write(folder);
    assertThat(folder.resolve("steps.csv"))
        .content()
        .contains("\n2,2,1.25,1.5,,,,,0.500000,0.125000,1024,2048,4096\n");
    assertThat(StepTable.read(folder).curve().points()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2,2", "2,2,x,1,,0,0,,,", "1,2,1,1,,0,0,,,", "2,0,1,1,,0,0,,,"})
  @DisplayName("that is not what the trainer wrote is refused by its name")
  void foreign(String line) throws IOException {
    Files.writeString(
        folder.resolve("steps.csv"),
        "step,steps,loss,highest_loss,swats_switch_step,seconds,seconds_waited,resident_bytes,"
            + "peak_bytes,device_bytes\n"
            + line
            + "\n");
    assertThatThrownBy(() -> StepTable.read(folder))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("steps.csv is not what the trainer wrote");
  }

  private static StepTable table() {
    var two =
        new StepPoint(
            2,
            2,
            2.5,
            1.5,
            List.of(new StepPoint.Level(0.001, 7, 50.0), new StepPoint.Level(0.02, 8, 100.0)),
            null,
            0.5,
            0.125,
            new StepPoint.Memory(1024, 2048, 4096L));
    var one =
        new StepPoint(
            3,
            1,
            1,
            1,
            List.of(new StepPoint.Level(0, 6, null), new StepPoint.Level(0.02, 5, null)),
            2L,
            0.25,
            0,
            null);
    return new StepTable(LEVELS, new StepCurve(2, List.of(two, one)));
  }
}
