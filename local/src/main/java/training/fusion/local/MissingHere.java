package training.fusion.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import training.fusion.api.validation.Problem;
import training.fusion.local.node.Claims;
import training.fusion.local.node.Scheduler;

/**
 * What files ask of this machine and it has not: folders of claims, GPUs. It is all known before
 * anything is submitted, so it is refused then.
 */
final class MissingHere {
  private final Claims claims;
  private final IntSupplier gpus;
  private final Set<String> asked = new TreeSet<>();

  /**
   * Nothing was asked yet.
   *
   * @param gpus how many GPUs there are, asked where it counts
   */
  MissingHere(Claims claims, IntSupplier gpus) {
    this.claims = claims;
    this.gpus = gpus;
  }

  int gpus() {
    return gpus.getAsInt();
  }

  Claims claims() {
    return claims;
  }

  /**
   * What is missing for a resource.
   *
   * @param resource a training, or a sweep, which has data sets in its matrix, and pods in its
   *     template and in its arms
   */
  List<Problem> problems(JsonNode resource) {
    List<Problem> problems = new ArrayList<>();
    JsonNode spec = resource.path("spec");
    look("spec", spec, problems);
    boolean sweep = spec.has("matrix");
    String pod = sweep ? "spec.template.pod" : "spec.pod";
    gpu(pod, resource.at("/" + pod.replace('.', '/')), problems);
    JsonNode arms = spec.at("/matrix/arms");
    for (int i = 0; i < arms.size(); i++) {
      gpu("spec.matrix.arms[%d].pod".formatted(i), arms.get(i).path("pod"), problems);
    }
    return problems;
  }

  /** Options {@code --volume} for claims that no file asks for. */
  List<String> unused() {
    return claims.given().keySet().stream()
        .filter(claim -> !asked.contains(claim))
        .sorted()
        .map(
            claim ->
                "--volume %s=%s: no file asks for a claim of that name; %s"
                    .formatted(
                        claim,
                        claims.given().get(claim),
                        asked.isEmpty()
                            ? "they ask for none"
                            : "they ask for " + String.join(", ", asked)))
        .toList();
  }

  private void look(String path, JsonNode value, List<Problem> problems) {
    for (var field : value.properties()) {
      String below = path + "." + field.getKey();
      switch (field.getKey()) {
        case "source" -> source(below, field.getValue(), problems);
        case "volume" -> claim(below, field.getValue(), false, problems);
        case "pod" -> pod(below, field.getValue(), problems);
        default -> look(below, field.getValue(), problems);
      }
    }
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      look("%s[%d]".formatted(path, i), value.get(i), problems);
    }
  }

  private void source(String path, JsonNode source, List<Problem> problems) {
    claim(path, source, true, problems);
    if (source.has("image")) {
      problems.add(
          new Problem(
              path + ".image",
              "files from an image need a cluster; use a persistentVolumeClaim and --volume, https"
                  + " or s3"));
    }
  }

  private void claim(String path, JsonNode around, boolean readOnly, List<Problem> problems) {
    JsonNode claim = around.path("persistentVolumeClaim");
    String name = claim.path("claimName").asText();
    if (name.isEmpty()) {
      return;
    }
    asked.add(name);
    String folder = readOnly ? claim.path("path").asText() : "";
    claims
        .problem(name, folder, readOnly)
        .map(
            said ->
                new Problem(
                    path
                        + ".persistentVolumeClaim."
                        + (claims.problem(name, "", readOnly).isPresent() ? "claimName" : "path"),
                    said))
        .ifPresent(problems::add);
  }

  private void pod(String path, JsonNode pod, List<Problem> problems) {
    JsonNode volumes = pod.path("volumes");
    for (int i = 0; i < volumes.size(); i++) {
      JsonNode volume = volumes.get(i);
      String below = "%s.volumes[%d]".formatted(path, i);
      claim(below, volume, isOnlyRead(volume.path("name").asText(), pod), problems);
      for (String kind : List.of("configMap", "secret")) {
        if (volume.has(kind)) {
          problems.add(
              new Problem(
                  below + "." + kind,
                  "a volume of that kind needs a cluster; use a persistentVolumeClaim and"
                      + " --volume"));
        }
      }
    }
    for (String list : List.of("limits", "requests")) {
      for (var quantity : pod.path("resources").path(list).properties()) {
        if (!Scheduler.isHere(quantity.getKey(), 0)) {
          problems.add(
              new Problem(
                  "%s.resources.%s".formatted(path, list), Scheduler.noDevice(quantity.getKey())));
        }
      }
    }
  }

  private static boolean isOnlyRead(String volume, JsonNode pod) {
    boolean written = false;
    for (JsonNode mount : pod.path("volumeMounts")) {
      written |=
          mount.path("name").asText().equals(volume) && !mount.path("readOnly").asBoolean(false);
    }
    return !written;
  }

  /** Where the pod does not say how many, it was decided before by what this machine has. */
  private void gpu(String path, JsonNode pod, List<Problem> problems) {
    JsonNode gpu = pod.path("gpu");
    String resource = gpu.path("resourceName").asText("nvidia.com/gpu");
    if (gpu.has("resourceClaimTemplateName")) {
      problems.add(
          new Problem(path + ".gpu.resourceClaimTemplateName", Scheduler.noResourceClaims()));
    } else if (gpu.path("count").asInt(0) > 0) {
      if (!Scheduler.isHere(resource, gpus())) {
        problems.add(new Problem(path + ".gpu.count", Scheduler.noDevice(resource)));
      } else if (gpu.path("count").asInt() > 1) {
        problems.add(new Problem(path + ".gpu.count", Scheduler.oneGpu()));
      }
    }
  }
}
