package training.fusion.api.resource.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the Helm chart takes from the files that kustomize reads: copies, because neither a Git
 * source of Flux nor a package may hold links.
 */
final class ChartFiles {
  private static final String CHART = "deploy/helm/files/";

  /** Below {@code deploy}, by those names in the chart too. */
  private static final List<String> COPIED =
      List.of(
          "admission-policy/binding.yaml",
          "admission-policy/policy.yaml",
          "base/leader-election.yaml",
          "base/pod-disruption-budget.yaml",
          "base/service-account.yaml",
          "components/monitoring/dashboard.json",
          "components/monitoring/pod-monitor.yaml",
          "components/monitoring/rules.yaml",
          "components/network-policy/network-policy.yaml",
          "rights/role-binding.yaml",
          "rights/role.yaml",
          "trainers-network-policy/network-policy.yaml",
          "users/roles.yaml");

  private ChartFiles() {}

  /**
   * The copies, by path below the repository's root.
   *
   * @param definitions the generated definitions, by such paths
   */
  static Map<String, String> of(Path repository, Map<String, String> definitions) {
    var files = new LinkedHashMap<String, String>();
    definitions.forEach(
        (path, text) -> files.put(CHART + "definitions/" + Path.of(path).getFileName(), text));
    for (String file : COPIED) {
      files.put(CHART + file, copy(repository, "deploy/" + file));
    }
    return files;
  }

  /** A file with a line on top that says where it is from. */
  static String copy(Path repository, String file) {
    try {
      String text = Files.readString(repository.resolve(file));
      return file.endsWith(".json") ? text : header(file) + text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String header(String file) {
    return """
    # A copy of %s; to change it, change that and run
    #   mvn -pl crds/resources -am process-test-classes -Pgenerate
    """
        .formatted(file);
  }
}
