package training.fusion.trainer.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import training.fusion.trainer.http.Address;

/** The server's answer that it will not do what was asked for. */
final class MlflowRefusal extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String code;

  private MlflowRefusal(String message, String code) {
    super(message);
    this.code = code;
  }

  /**
   * What an answer says, and what would help.
   *
   * @param api part of the path that was added to the configured address
   */
  static MlflowRefusal of(HttpResponse<?> response, String api, String body) {
    int status = response.statusCode();
    String location = response.headers().firstValue("Location").orElse("");
    if (status / 100 == 3 && !location.isEmpty()) {
      return new MlflowRefusal(redirect(response.uri(), location, api), "");
    }
    JsonNode answer = json(body);
    String code = answer.path("error_code").asText();
    String said = answer.path("message").asText(code);
    if (said.isEmpty() && !body.stripLeading().startsWith("<")) {
      said = body; // plain text; what begins so is a page, a proxy's, say
    }
    said = said.strip().lines().findFirst().orElse("");
    said = said.length() > LONGEST ? said.substring(0, LONGEST) + "…" : said;
    return new MlflowRefusal(
        "it answered %d %s".formatted(status, said).strip() + help(status, said, response.uri()),
        code);
  }

  /** An experiment that a person has deleted takes no runs, but keeps its name. */
  static MlflowRefusal deletedExperiment(String name, String id) {
    return new MlflowRefusal(
        "its experiment %s is deleted; restore it (mlflow experiments restore -x %s), or name another in tracking.mlflow.experiment"
            .formatted(name, id),
        "");
  }

  /** An answer's body; missing where it is no JSON. */
  static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** Whether what was asked for is not there. */
  boolean isMissing() {
    return code.equals("RESOURCE_DOES_NOT_EXIST");
  }

  /** Whether what was to be made is there. */
  boolean isThere() {
    return code.equals("RESOURCE_ALREADY_EXISTS");
  }

  private static String redirect(URI from, String location, String api) {
    String to = location;
    try {
      to = from.resolve(location).toString();
    } catch (IllegalArgumentException e) {
      // shown as it came
    }
    String shown = Address.shown(to);
    int end = shown.indexOf(api);
    return "it redirects to %s; name that address"
        .formatted(end < 0 ? shown : shown.substring(0, end));
  }

  private static String help(int status, String said, URI asked) {
    if (status == 403 && said.contains("Host header")) {
      return "; start the server with --allowed-hosts \"%s,localhost:*\": without it MLflow, from 3.5 on, answers to localhost and private addresses alone"
          .formatted(asked.getRawAuthority());
    }
    if (status == 401 || status == 403) {
      return "; it wants MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, in pod.env";
    }
    return "";
  }
}
