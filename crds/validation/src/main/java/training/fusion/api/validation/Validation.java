package training.fusion.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What came of validating a resource.
 *
 * @param object the resource as the API server would store it: defaults filled in, nulls dropped
 * @param problems what is wrong with it; empty when it is accepted
 */
public record Validation(ObjectNode object, List<Problem> problems) {
  /** Whether the API server would accept the resource. */
  public boolean accepted() {
    return problems.isEmpty();
  }
}
