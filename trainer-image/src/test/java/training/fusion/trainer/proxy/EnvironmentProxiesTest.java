package training.fusion.trainer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;

class EnvironmentProxiesTest {
  private static final String PROXY = "http://proxy:3128";

  @Test
  @DisplayName("NO_PROXY is read as Go reads it (golden/no_proxy.go)")
  void asGo() throws IOException {
    List<String> said = Files.readAllLines(Path.of("src/test/golden/no-proxy.tsv"));

    assertThat(said).hasSizeGreaterThan(500);
    assertThat(said)
        .allSatisfy(
            line -> {
              String[] go = line.split("\t", -1);
              assertThat(
                      isProxied(
                          go[1],
                          Map.of("HTTPS_PROXY", PROXY, "HTTP_PROXY", PROXY, "NO_PROXY", go[0])))
                  .as(line)
                  .isEqualTo(Boolean.parseBoolean(go[2]));
            });
  }

  @Test
  @DisplayName("each scheme has its variable, in lower case first, and ALL_PROXY is for both")
  void variables() {
    assertThat(proxy("https://a.example", Map.of())).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxy("https://a.example", Map.of("HTTPS_PROXY", ""))).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxy("https://a.example", Map.of("HTTP_PROXY", PROXY))).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxy("http://a.example", Map.of("HTTPS_PROXY", PROXY))).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxy("https://a.example", Map.of("HTTPS_PROXY", "up:1", "https_proxy", "low:2")))
        .isEqualTo(at("low", 2));
    assertThat(proxy("http://a.example", Map.of("ALL_PROXY", "all", "HTTPS_PROXY", PROXY)))
        .isEqualTo(at("all", 80));
    assertThat(proxy("https://a.example", Map.of("all_proxy", "all:1", "HTTPS_PROXY", PROXY)))
        .isEqualTo(at("proxy", 3128));
    assertThat(proxy("https://a.example", Map.of("HTTPS_PROXY", " http://[fd00::1]:8080/ ")))
        .isEqualTo(at("fd00::1", 8080));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://u:s3cret@proxy:1", "https://s3cret@proxy", "http://", "s3cret proxy"})
  @DisplayName("a proxy that can't be used is refused by the variable's name, without what it says")
  void refused(String value) {
    var failure =
        catchThrowableOfType(
            TrainingFailure.class, () -> EnvironmentProxies.of(Map.of("https_proxy", value)));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
    assertThat(failure).hasMessageContaining("HTTPS_PROXY").hasMessageNotContaining("s3cret");
  }

  private static boolean isProxied(String uri, Map<String, String> environment) {
    return !proxy(uri, environment).equals(Proxy.NO_PROXY);
  }

  private static Proxy proxy(String uri, Map<String, String> environment) {
    return EnvironmentProxies.of(environment).select(URI.create(uri)).get(0);
  }

  private static Proxy at(String host, int port) {
    return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
  }
}
