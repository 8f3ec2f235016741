package training.fusion.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import training.fusion.api.validation.Problem;
import training.fusion.local.node.Claims;
import training.fusion.local.node.PodVariables;

/** What a file asks of a pod and only a cluster can give, found before anything is started. */
final class UnsupportedPodSettings {
  private UnsupportedPodSettings() {}

  /**
   * What can't be had here.
   *
   * @param resource a training, or a sweep, which has pods in its template and in its arms
   */
  static List<Problem> problems(JsonNode resource) {
    List<Problem> problems = new ArrayList<>();
    look("spec", resource.path("spec"), problems);
    return problems;
  }

  private static void look(String path, JsonNode value, List<Problem> problems) {
    for (var field : value.properties()) {
      String below = path + "." + field.getKey();
      if (field.getKey().equals("pod")) {
        pod(below, field.getValue(), problems);
      } else {
        look(below, field.getValue(), problems);
      }
    }
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      look("%s[%d]".formatted(path, i), value.get(i), problems);
    }
  }

  private static void pod(String path, JsonNode pod, List<Problem> problems) {
    JsonNode variables = pod.path("env");
    for (int i = 0; i < variables.size(); i++) {
      String field = "%s.env[%d]".formatted(path, i);
      String name = variables.get(i).path("name").asText();
      if (!PodVariables.isAllowed(name)) {
        problems.add(new Problem(field + ".name", PodVariables.refusal(name)));
      }
      JsonNode from = variables.get(i).path("valueFrom");
      if (from.isObject() && !from.has("fieldRef")) {
        problems.add(
            new Problem(field + ".valueFrom", "secrets and the like need a cluster; give a value"));
      }
    }
    if (!pod.path("envFrom").isEmpty()) {
      problems.add(
          new Problem(path + ".envFrom", "config maps and secrets need a cluster; use pod.env"));
    }
    JsonNode volumes = pod.path("volumes");
    for (int i = 0; i < volumes.size(); i++) {
      JsonNode claim = volumes.get(i).at("/persistentVolumeClaim/claimName");
      if (!claim.isMissingNode() && !Claims.isName(claim.asText())) {
        problems.add(
            new Problem(
                "%s.volumes[%d].persistentVolumeClaim.claimName".formatted(path, i),
                Claims.refusal(claim.asText())));
      }
    }
  }
}
