package training.fusion.trainer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.trainer.TrainingFailure;

@DisplayName("A token")
class CredentialTest {
  @ParameterizedTest
  @DisplayName("is taken without the white space that files and editors leave around it")
  @ValueSource(strings = {"s3cret", "s3cret\n", "s3cret\r\n", "  s3cret\t\n\n", "\ns3cret"})
  void stripped(String text) {
    assertThat(Credential.token(text, "TOKEN")).isEqualTo("s3cret");
  }

  @ParameterizedTest
  @DisplayName("that no header may hold is refused by where it stands, and never told")
  @ValueSource(strings = {"s3cret\nX-Other: 1", "s3\u0000cret", "s3crét", "s3cret\u2028more"})
  void refused(String text) {
    assertThatThrownBy(() -> Credential.token(text, "MLFLOW_TRACKING_TOKEN"))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageStartingWith("MLFLOW_TRACKING_TOKEN holds a line break")
        .message()
        .doesNotContain("s3");
  }

  @Test
  @DisplayName("that is empty is none")
  void empty() {
    assertThat(Credential.token(" \n", "TOKEN")).isNull();
    assertThat(Credential.token(null, "TOKEN")).isNull();
  }
}
