package training.fusion.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An exception in words")
class InWordsTest {
  @Test
  void namesTheFileAndWhatIsWrongWithIt(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("history.json");
    assertThat(reading(missing)).isEqualTo("no such file: " + missing);
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "größe: 3".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(reading(latin)).isEqualTo("it is not text in UTF-8");
    assertThat(reading(folder)).isEqualTo("Is a directory");
    assertThat(InWords.of(new FileSystemException("/runs/result.json", null, "No space left")))
        .isEqualTo("/runs/result.json: No space left");
    assertThat(InWords.of(new FileSystemException("/runs/result.json")))
        .isEqualTo("input or output failed: /runs/result.json");
  }

  @Test
  void saysThatAServerIsSilentOrAway() throws IOException {
    URI silent;
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      silent = URI.create("http://127.0.0.1:" + listening.getLocalPort()); // it accepts nothing
      // on a loaded machine the time is up before the kernel has made the connection
      assertThat(requesting(silent)).isIn("request timed out", "HTTP connect timed out");
    }
    assertThat(requesting(silent)).containsIgnoringCase("connection").doesNotContain("Exception");
    assertThat(requesting(URI.create("http://mistyped.invalid")))
        .isEqualTo("no server of that name is known; is it spelled rightly?");
    assertThat(InWords.of(new ConnectException())).isEqualTo("no connection could be made");
    assertThat(InWords.of(new UnknownHostException("data.invalid")))
        .isEqualTo("unknown host: data.invalid");
  }

  @Test
  void takesTheKindOfFailureWhereNothingIsSaid() {
    assertThat(InWords.of(new ClosedChannelException())).isEqualTo("closed channel");
    assertThat(InWords.of(new IOException())).isEqualTo("input or output failed");
    assertThat(InWords.of(new IOException(""))).isEqualTo("input or output failed");
  }

  @Test
  void isOneLineWithoutTheClassesThatItsMessageNames() {
    assertThat(
            InWords.of(
                new IOException(
                    "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target\n at line 3")))
        .isEqualTo(
            "PKIX path building failed: unable to find valid certification path to requested target");
    assertThat(InWords.of(new IOException(new ClosedChannelException())))
        .isEqualTo("input or output failed");
  }

  private static String reading(Path file) {
    return InWords.of(catchThrowableOfType(IOException.class, () -> Files.readString(file)));
  }

  private static String requesting(URI address) {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(Duration.ofMillis(200)).build();
    HttpClient client = HttpClient.newHttpClient();
    return InWords.of(
        catchThrowableOfType(
            IOException.class, () -> client.send(request, BodyHandlers.discarding())));
  }
}
