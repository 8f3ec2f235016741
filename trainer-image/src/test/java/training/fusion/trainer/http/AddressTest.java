package training.fusion.trainer.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An address as it is shown")
class AddressTest {
  @ParameterizedTest
  @DisplayName("has no user, password, query or fragment")
  @CsvSource({
    "https://a.example/data.zip?sig=KEY&se=2027, https://a.example/data.zip",
    "https://a.example/data.zip#KEY, https://a.example/data.zip",
    "https://a.example?KEY, https://a.example",
    "https://user:KEY@a.example:8443/x, https://a.example:8443/x",
    "HTTP://KEY@a.example/x?KEY@b, HTTP://a.example/x",
    "https://user:KEY@b@a.example/x, https://a.example/x",
    "https://a.example/x?KEY?KEY#KEY, https://a.example/x",
    "https://a b.example/x?KEY, https://a b.example/x",
    "http://[::1]:5000/x?KEY, http://[::1]:5000/x",
    "https://a.example/@scope/x, https://a.example/@scope/x",
    "https://a.example/x, https://a.example/x",
    "s3://bucket/what?.tar, s3://bucket/what?.tar",
    "vision/quickstart, vision/quickstart"
  })
  void shown(String address, String shown) {
    assertThat(Address.shown(address)).isEqualTo(shown).doesNotContain("KEY");
  }
}
