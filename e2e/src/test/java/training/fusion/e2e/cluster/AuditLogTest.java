package training.fusion.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @Test
  void it_is_read_as_far_as_it_was_there_while_the_api_server_goes_on_writing_it(
      @TempDir Path folder) throws IOException {
    Path file = folder.resolve("audit.log");
    write(file, "{\"verb\":\"create\"}\n{\"verb\":\"pat");

    assertThat(
            new AuditLog(file)
                .requests(
                    request -> {
                      write(file, "ch\"}\n{\"verb\":\"delete\"}\n");
                      return true;
                    }))
        .as("while the second line's rest came")
        .extracting(AuditLogTest::verb)
        .containsExactly("create");
    assertThat(new AuditLog(file).requests(request -> true))
        .as("afterwards")
        .extracting(AuditLogTest::verb)
        .containsExactly("create", "patch", "delete");
  }

  private static String verb(JsonNode request) {
    return request.path("verb").asText();
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
