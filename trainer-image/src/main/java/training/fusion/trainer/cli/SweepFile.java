package training.fusion.trainer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.validation.CrdValidator;
import training.fusion.api.validation.FieldAssignment;
import training.fusion.api.validation.Resource;
import training.fusion.api.validation.Validation;
import training.fusion.trainer.TrainingFailure;

/**
 * A FusionSweep in a YAML file, as far as {@code dry-run} tells of it: its strategies, each once
 * for all data sets and seeds. The operator expands it.
 */
record SweepFile(Path path, ObjectNode resource) {
  private static final List<String> PARTS = List.of("model", "training", "checkpoint");

  /**
   * Reads a file if it holds a sweep and nothing else.
   *
   * @param assignments fields that are to be other than the file says
   * @throws TrainingFailure naming every problem, one a line, each with file, line and field
   */
  static Optional<SweepFile> read(Path path, List<FieldAssignment> assignments) {
    List<Resource> found = TrainingFile.documents(path, assignments);
    if (found.size() != 1 || !found.get(0).value().path("kind").asText().equals("FusionSweep")) {
      return Optional.empty();
    }
    Resource document = found.get(0);
    Validation validation = CrdValidator.forFusionSweep().validateCreate(document.value());
    if (!validation.accepted()) {
      throw TrainingFailure.badConfiguration(
          validation.problems().stream().map(document::locate).collect(Collectors.joining("\n")));
    }
    return Optional.of(new SweepFile(path, validation.object()));
  }

  String name() {
    return resource.at("/metadata/name").asText();
  }

  int datasets() {
    return matrix().path("datasets").size();
  }

  int seeds() {
    return matrix().path("seeds").size();
  }

  /** How many trials may run at once. */
  int parallelism() {
    return resource.at("/spec/parallelism").asInt(1);
  }

  /** Whether some of the trials are left out. */
  boolean excludes() {
    return matrix().path("exclude").size() > 0;
  }

  /** What a trial of each strategy is told, with the first data set. */
  List<RunConfiguration> strategies() {
    List<RunConfiguration> all = new ArrayList<>();
    for (JsonNode arm : matrix().path("arms")) {
      for (JsonNode kind : arm.path("optimizations")) {
        for (ObjectNode optimization : optimizations(kind)) {
          all.add(RunJson.convert(run(arm, optimization), path + ": spec.matrix."));
        }
      }
    }
    return all;
  }

  private ObjectNode run(JsonNode arm, ObjectNode optimization) {
    ObjectNode run = JsonNodeFactory.instance.objectNode();
    for (JsonNode from : List.of(resource.at("/spec/template"), arm)) {
      for (String part : PARTS) {
        from.path(part)
            .properties()
            .forEach(field -> run.withObjectProperty(part).set(field.getKey(), field.getValue()));
      }
    }
    ObjectNode dataset = matrix().path("datasets").get(0).deepCopy();
    dataset.remove("name");
    run.set("dataset", dataset);
    run.set("optimization", optimization);
    run.withObjectProperty("training");
    run.put("contractVersion", RunConfiguration.CONTRACT_VERSION);
    run.put("name", name());
    run.put("runKey", name());
    return run;
  }

  /** One for each trial of one seed: pairs with boundaries, single optimizers, or what is one. */
  private static List<ObjectNode> optimizations(JsonNode kind) {
    List<ObjectNode> all = new ArrayList<>();
    for (JsonNode pair : kind.at("/fusion/pairs")) {
      for (JsonNode lastBlock : kind.at("/fusion/lastBlocks")) {
        ObjectNode fusion = pair.deepCopy();
        fusion.withObjectProperty("lowLevel").set("lastBlock", lastBlock);
        all.add(JsonNodeFactory.instance.objectNode().set("fusion", fusion));
      }
    }
    for (JsonNode optimizer : kind.at("/single/optimizers")) {
      ObjectNode single = JsonNodeFactory.instance.objectNode();
      single.withObjectProperty("single").set("optimizer", optimizer);
      all.add(single);
    }
    if (!kind.has("fusion") && !kind.has("single")) {
      all.add(kind.deepCopy());
    }
    return all;
  }

  private JsonNode matrix() {
    return resource.at("/spec/matrix");
  }
}
