package training.fusion.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.ExitCode;

@NullUnmarked
class PermissionsTest {
  @TempDir private Path folder;
  private int uid;

  @BeforeEach
  void ofUnix() throws Exception {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("unix"));
    uid = (Integer) Files.getAttribute(folder, "unix:uid");
  }

  private static TrainingFailure denied(Path file) {
    return TrainingFailure.unreadable(file, new AccessDeniedException(file.toString()));
  }

  @Test
  @DisplayName("a file that may not be read is told with mode and uid, and is not tried again")
  void aFile() throws Exception {
    Path file = Files.createFile(folder.resolve("model.safetensors"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(denied(file))
        .hasMessageContaining(
            "model.safetensors cannot be read: it has mode 0600 and belongs to uid " + uid)
        .hasMessageContaining("this process runs as u")
        .hasMessageEndingWith("(chmod a+r)")
        .extracting(TrainingFailure::exitCode)
        .isEqualTo(ExitCode.BAD_CONFIGURATION);
  }

  @Test
  @DisplayName("of a file that can't be looked at, the folder that is there is told")
  void aFolder() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    assertThat(denied(folder.resolve("unseen/model.safetensors")))
        .hasMessageContaining(folder + " has mode 0700 and belongs to uid " + uid)
        .hasMessageEndingWith("(chmod a+rx)");
  }
}
