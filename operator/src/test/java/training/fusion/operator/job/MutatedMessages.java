package training.fusion.operator.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Termination messages that are nearly what a trainer writes, drawn from a seed. */
public final class MutatedMessages {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private MutatedMessages() {}

  /** Valid ones in which something was replaced, removed or repeated, some of them cut. */
  public static List<String> of(String runKey, long seed, int count) {
    var random = new Random(seed);
    return Stream.generate(() -> mutated(random).replace(HostileMessages.RUN, runKey))
        .limit(count)
        .toList();
  }

  private static String mutated(Random random) {
    ObjectNode tree = HostileMessages.tree();
    if (random.nextInt(3) == 0) {
      tree.putObject("failure").put("reason", "BadData").put("message", "no pictures");
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      mutate(tree, random);
    }
    String text = tree.toString();
    return random.nextInt(5) == 0 ? text.substring(0, random.nextInt(text.length())) : text;
  }

  private static void mutate(JsonNode tree, Random random) {
    List<JsonNode> containers = new ArrayList<>(List.of(tree));
    for (int i = 0; i < containers.size(); i++) {
      containers
          .get(i)
          .forEach(
              child -> {
                if (child.isContainerNode()) {
                  containers.add(child);
                }
              });
    }
    JsonNode chosen = containers.get(random.nextInt(containers.size()));
    if (chosen instanceof ObjectNode object && !object.isEmpty()) {
      List<String> fields = new ArrayList<>();
      object.fieldNames().forEachRemaining(fields::add);
      String field = fields.get(random.nextInt(fields.size()));
      JsonNode odd = odd(random);
      if (odd.isMissingNode()) {
        object.remove(field);
      } else {
        object.set(field, odd);
      }
    } else if (chosen instanceof ArrayNode list) {
      JsonNode repeated = list.isEmpty() ? odd(random) : list.get(0);
      for (int i = random.nextInt(60); i > 0; i--) {
        list.add(repeated.isMissingNode() ? NODES.nullNode() : repeated.deepCopy());
      }
    }
  }

  private static JsonNode odd(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> NODES.missingNode();
      case 1 -> NODES.nullNode();
      case 2 -> NODES.textNode("");
      case 3 -> NODES.textNode("x".repeat(random.nextInt(700)));
      case 4 -> NODES.textNode("\ud83d\u0000→");
      case 5 -> NODES.numberNode(-1);
      case 6 -> NODES.numberNode(random.nextLong());
      case 7 -> NODES.numberNode(random.nextDouble() * 1e300);
      case 8 -> NODES.booleanNode(random.nextBoolean());
      case 9 -> NODES.objectNode();
      case 10 -> NODES.arrayNode().add("x").addNull();
      default -> NODES.objectNode().set("split", NODES.arrayNode());
    };
  }
}
