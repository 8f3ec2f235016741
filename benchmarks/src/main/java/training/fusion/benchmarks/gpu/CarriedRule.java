package training.fusion.benchmarks.gpu;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import training.fusion.api.Optimization;
import training.fusion.api.OptimizerType;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.optim.OptimizerProgram;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.optim.UpdateRule;

/** How parameters are updated: a GPU's program, and the numbers that Java gives it in each step. */
final class CarriedRule {
  private static final ObjectMapper JSON =
      new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);

  /** Later steps take the numbers of the last one of these. */
  private static final int STEPS = 64;

  private CarriedRule() {}

  /**
   * Writes the program.
   *
   * @return its file and groups: which parameters, what it keeps of each, the numbers of each step
   */
  static ObjectNode write(
      Path folder,
      String file,
      Optimization optimization,
      List<ParameterGroup> groups,
      ArchitectureTable table)
      throws IOException {
    Files.write(folder.resolve(file), OptimizerProgram.archive(groups));
    ObjectNode out = JSON.createObjectNode().put("archive", file);
    ArrayNode list = out.putArray("groups");
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = groups.get(i);
      UpdateRule rule = group.rule();
      ObjectNode node = list.addObject().put("label", rule.label());
      node.put("firstBlock", group.firstBlock()).put("lastBlock", group.lastBlock());
      node.put("scalars", rule.scalars());
      ArrayNode slots = node.putArray("slots");
      rule.slots()
          .forEach(slot -> slots.addObject().put("name", slot).put("value", rule.initially(slot)));
      ArrayNode numbers = node.putArray("numbers");
      for (int step = 1; step <= STEPS; step++) {
        numbers.add(JSON.valueToTree(new TreeMap<>(rule.numbers(1, step)).values()));
      }
      List<Optimization.Level> levels = optimization.inLevels();
      if (i < levels.size()) {
        node.set("optimizer", JSON.valueToTree(levels.get(i).optimizer()));
      }
    }
    return out;
  }

  /** All rules, each over all parameters of a network. */
  static ArrayNode writeAll(Path folder, ArchitectureTable table) throws IOException {
    ArrayNode out = JSON.createArrayNode();
    for (String yaml : all()) {
      Optimization optimization = parsed(yaml);
      List<ParameterGroup> groups = ParameterGroup.of(optimization, table);
      String label = groups.get(0).rule().label();
      out.add(
          write(folder, "rule-%s.pt".formatted(label), optimization, groups, table)
              .put("name", label));
    }
    return out;
  }

  private static List<String> all() {
    List<String> all = new ArrayList<>();
    for (OptimizerType type : OptimizerType.values()) {
      if (type != OptimizerType.NONE) {
        all.add("single: {optimizer: {type: %s}}".formatted(type));
      }
    }
    all.add("swats: {}");
    all.add("mas: {}");
    return all;
  }

  private static Optimization parsed(String yaml) {
    try {
      return new YAMLMapper().readValue(yaml, Optimization.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
