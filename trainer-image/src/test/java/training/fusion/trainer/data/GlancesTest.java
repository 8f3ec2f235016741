package training.fusion.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Glances at pictures")
class GlancesTest {
  @Test
  @DisplayName("are at all of them, and of more than 10,000 at a part of each class")
  void ofVeryMany(@TempDir Path folder) throws IOException {
    Path damaged = Files.writeString(Files.createFile(folder.resolve(".p")), "no picture");
    for (String name : new String[] {"a", "b"}) {
      Path ofClass = Files.createDirectory(folder.resolve(name));
      for (int i = 0; i < 5000; i++) {
        Files.createLink(ofClass.resolve(i + ".png"), damaged);
      }
    }
    ImageData data = ImageData.read(folder, Datasets.pictures(0.1, 0.1), 32);
    assertThat(Glances.of(data).looked()).isEqualTo(10_000);
    Files.createLink(folder.resolve("b/5000.png"), damaged);
    Glances glances = Glances.of(ImageData.read(folder, Datasets.pictures(0.1, 0.1), 32));
    assertThat(glances.looked()).isBetween(5_000, 5_003);
    assertThat(glances.damaged()).filteredOn(one -> one.file().startsWith("a/")).hasSize(2500);
  }
}
