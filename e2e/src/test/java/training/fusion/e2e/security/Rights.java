package training.fusion.e2e.security;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Rights in words, one for each verb and resource: {@code patch fusiontrainings.group/status}. */
final class Rights {
  private Rights() {}

  /** What these rules allow. */
  static Set<String> of(List<PolicyRule> rules) {
    Set<String> rights = new TreeSet<>();
    for (PolicyRule rule : rules) {
      for (String group : rule.getApiGroups()) {
        for (String resource : rule.getResources()) {
          for (String verb : rule.getVerbs()) {
            int slash = resource.indexOf('/');
            rights.add(
                slash < 0
                    ? right(verb, group, resource, "")
                    : right(
                        verb, group, resource.substring(0, slash), resource.substring(slash + 1)));
          }
        }
      }
    }
    return rights;
  }

  /**
   * What was needed for these requests.
   *
   * @param requests as the audit log has them; reviews of one's own rights need none
   */
  static Set<String> used(List<JsonNode> requests) {
    return requests.stream()
        .filter(request -> request.has("objectRef") && !isReview(request))
        .map(
            request ->
                right(
                    request.path("verb").asText(),
                    request.at("/objectRef/apiGroup").asText(),
                    request.at("/objectRef/resource").asText(),
                    request.at("/objectRef/subresource").asText()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isReview(JsonNode request) {
    return request.at("/objectRef/apiGroup").asText().equals("authorization.k8s.io");
  }

  private static String right(String verb, String group, String resource, String subresource) {
    return verb
        + " "
        + resource
        + (group.isEmpty() ? "" : "." + group)
        + (subresource.isEmpty() ? "" : "/" + subresource);
  }
}
