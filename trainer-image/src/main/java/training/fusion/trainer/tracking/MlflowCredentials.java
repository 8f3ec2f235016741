package training.fusion.trainer.tracking;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.http.Credential;

/** Credentials where MLflow's own clients look for them. */
final class MlflowCredentials {
  private static final String TOKEN = "MLFLOW_TRACKING_TOKEN";
  private static final String USERNAME = "MLFLOW_TRACKING_USERNAME";
  private static final String PASSWORD = "MLFLOW_TRACKING_PASSWORD";

  private MlflowCredentials() {}

  /**
   * The value of the header Authorization.
   *
   * @param userInfo {@code user:password} of the address, which counts after the variables
   * @return null if there are no credentials
   * @throws TrainingFailure if a token can't be sent in a header
   */
  static @Nullable String authorization(
      Map<String, String> environment, @Nullable String userInfo) {
    String user = environment.getOrDefault(USERNAME, "").strip();
    String password = environment.getOrDefault(PASSWORD, "").strip();
    if (!user.isEmpty() && !password.isEmpty()) {
      return basic(user + ":" + password);
    }
    String token = Credential.token(environment.get(TOKEN), TOKEN);
    if (token != null) {
      return "Bearer " + token;
    }
    return userInfo == null ? null : basic(userInfo);
  }

  private static String basic(String userAndPassword) {
    return "Basic "
        + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
  }
}
