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
    for (var file : files().entrySet()) {
      Path path = Path.of(args[0]).resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /** What is generated, by path below the repository's root. */
  static Map<String, String> files() {
    var training = CustomResourceSchema.of(FusionTraining.class);
    var sweep = CustomResourceSchema.of(FusionSweep.class);
    var files = new LinkedHashMap<String, String>();
    files.put("crds/resources/crd/fusiontrainings.fusion.training.yaml", CrdYaml.write(training));
    files.put("crds/resources/crd/fusionsweeps.fusion.training.yaml", CrdYaml.write(sweep));
    files.put("docs/api.md", ReferencePage.of(training, sweep));
    return files;
  }
}
