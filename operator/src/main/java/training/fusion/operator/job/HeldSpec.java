package training.fusion.operator.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.reflect.RecordComponent;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.Mutable;

/** What of a spec can't change once its run has begun: all that is not {@link Mutable}. */
final class HeldSpec {
  private static final ObjectMapper JSON =
      Serialization.jsonMapper().copy().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private HeldSpec() {}

  /** The same text for the same spec, in whatever order its maps were written. */
  static String text(FusionTrainingSpec spec) {
    ObjectNode tree = JSON.valueToTree(spec);
    removeMutable(tree, FusionTrainingSpec.class);
    return tree.toString();
  }

  private static void removeMutable(ObjectNode tree, Class<?> type) {
    for (RecordComponent part : type.getRecordComponents()) {
      if (part.isAnnotationPresent(Mutable.class)) {
        tree.remove(part.getName());
      } else if (part.getType().isRecord()
          && tree.get(part.getName()) instanceof ObjectNode below) {
        removeMutable(below, part.getType());
        if (below.isEmpty()) { // as if it were not there
          tree.remove(part.getName());
        }
      }
    }
  }
}
