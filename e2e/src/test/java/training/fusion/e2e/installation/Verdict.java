package training.fusion.e2e.installation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;

/**
 * What other software takes an object for, by its own code ({@code e2e/tools/verdict}).
 *
 * @param kstatus InProgress, Current, Failed, Terminating; of kpt and others
 * @param argoCd Progressing, Healthy, Degraded, Suspended; by {@code deploy/argo-cd/health.lua}
 * @param flux InProgress, Current, Failed, Unknown; by {@code deploy/flux/trainings.yaml}
 */
record Verdict(Judgment kstatus, Judgment argoCd, Judgment flux) {
  private static final Path HEALTH = Manifests.DEPLOY.resolve("argo-cd/health.lua");
  private static final Path FLUX = Manifests.DEPLOY.resolve("flux/trainings.yaml");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One program's word and its explanation. */
  record Judgment(String status, String message) {}

  /** One for each object, in their order. */
  static List<Verdict> of(List<JsonNode> objects) {
    String input = objects.stream().map(o -> o + "\n").collect(Collectors.joining());
    String answers =
        Kubectl.succeeded(
            ControlPlane.script(input, "verdict", HEALTH.toString(), FLUX.toString()));
    return answers.lines().map(Verdict::parse).toList();
  }

  private static Verdict parse(String line) {
    try {
      return JSON.readValue(line, Verdict.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(line, e);
    }
  }
}
