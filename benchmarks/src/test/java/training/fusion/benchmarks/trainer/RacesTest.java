package training.fusion.benchmarks.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import training.fusion.benchmarks.race.Race;

@Tag("process")
class RacesTest {
  private static List<String> titles(String device) {
    Path here = Path.of(".");
    var machine = new Machine(device, 1, Path.of("python3"), Path.of("pytorch.py"), here, here);
    return new Races(machine, true).all().stream().map(Race::title).toList();
  }

  @Test
  void steps_are_as_large_as_the_device() {
    assertThat(titles("cuda"))
        .startsWith(
            "Training step, EfficientNetV2-S, batch 128 at 244 pixels",
            "Training step, ViT-B-16, batch 128 at 224 pixels");
    assertThat(titles("cpu"))
        .startsWith("Training step, EfficientNetV2-S, batch 32 at 32 pixels")
        .noneMatch(title -> title.contains("batch 128"));
  }
}
