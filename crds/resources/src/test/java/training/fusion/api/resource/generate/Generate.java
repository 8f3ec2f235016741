package training.fusion.api.resource.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;

/** Writes the generated files; a test fails when what is committed differs. */
public final class Generate {
  private Generate() {}

  /** Writes the files below the repository's root, {@code args[0]}. */
  public static void main(String[] args) throws IOException {
    Path repository = Path.of(args[0]);
    for (var file : files(repository).entrySet()) {
      Path path = repository.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /** What is generated, by path below the repository's root. */
  static Map<String, String> files(Path repository) {
    var training = CustomResourceSchema.of(FusionTraining.class);
    var sweep = CustomResourceSchema.of(FusionSweep.class);
    var definitions = new LinkedHashMap<String, String>();
    definitions.put(
        "crds/resources/crd/fusiontrainings.fusion.training.yaml", CrdYaml.write(training));
    definitions.put("crds/resources/crd/fusionsweeps.fusion.training.yaml", CrdYaml.write(sweep));
    var files = new LinkedHashMap<>(definitions);
    files.putAll(ChartFiles.of(repository, definitions));
    files.putAll(OlmBundle.of(repository, definitions, training, sweep));
    files.put("deploy/components/trainings/fields.yaml", KustomizeFields.of(training, sweep));
    files.put("docs/api.md", ReferencePage.of(training, sweep));
    return files;
  }
}
