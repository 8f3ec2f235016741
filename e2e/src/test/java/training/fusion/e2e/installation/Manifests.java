package training.fusion.e2e.installation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;

/** What {@code deploy} and {@code examples} hold, and what kustomize and Helm make of it. */
public final class Manifests {
  public static final Path DEPLOY = ControlPlane.MODULE.resolveSibling("deploy");
  static final Path CHART = DEPLOY.resolve("helm");
  static final Path ALL_VALUES =
      ControlPlane.MODULE.resolve(
          "src/test/resources/training/fusion/e2e/installation/all-values.yaml");
  static final Path EXAMPLES = ControlPlane.MODULE.resolveSibling("examples");

  private static final Path TARGET = ControlPlane.MODULE.resolve("target/deploy");

  private Manifests() {}

  /**
   * A kustomization of a user's, over ours.
   *
   * @param yaml its text, in which {@code DEPLOY} stands for the folder of that name
   * @return its folder
   */
  public static Path kustomization(String name, String yaml) {
    Path folder = TARGET.resolve(name);
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("kustomization.yaml"),
          yaml.replace("DEPLOY", folder.relativize(DEPLOY).toString()));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What kustomize makes of the folder. */
  public static String kustomized(Path folder) {
    return Kubectl.succeeded(ControlPlane.script(null, "kubectl", "kustomize", folder.toString()));
  }

  /** The chart as it is passed on: the file that the build has made of it. */
  static Path packaged() {
    String version = objects(CHART.resolve("Chart.yaml")).get(0).path("version").asText();
    return DEPLOY.resolve("target/fusion-training-%s.tgz".formatted(version));
  }

  /** Another checkout's chart as Helm packages it. Each call makes it anew in one place. */
  static Path packaged(Path chart) {
    String said =
        Kubectl.succeeded(
            ControlPlane.script(
                null, "helm", "package", chart.toString(), "-d", TARGET.toString()));
    return Path.of(said.strip().replaceFirst("(?s).* saved it to: ", ""));
  }

  /** What Helm makes of the chart, as release {@code ft} of the namespace. */
  static ControlPlane.Output templated(String namespace, String... options) {
    return templatedBy("helm", namespace, options);
  }

  /**
   * What a Helm makes of the chart.
   *
   * @param program {@code helm} or {@code helm4}
   */
  static ControlPlane.Output templatedBy(String program, String namespace, String... options) {
    List<String> command = new ArrayList<>(List.of(program, "template", "ft"));
    command.add(packaged().toString());
    command.add("--namespace=" + namespace);
    command.add("--kube-version=1.33.0");
    command.addAll(List.of(options));
    return ControlPlane.script(null, command.toArray(String[]::new));
  }

  /** The objects of a text of YAML documents. */
  public static List<ObjectNode> objects(String yaml) {
    try (var documents =
        Serialization.yamlMapper().readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      return documents.readAll().stream()
          .filter(ObjectNode.class::isInstance)
          .map(ObjectNode.class::cast)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The objects of a file. */
  public static List<ObjectNode> objects(Path file) {
    try {
      return objects(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All YAML files below a folder, the chart's templates excepted: those are none. */
  static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml") && !file.startsWith(CHART))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
