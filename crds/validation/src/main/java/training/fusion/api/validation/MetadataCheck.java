package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What no definition says, because it holds for every resource: apiVersion, kind, metadata. */
final class MetadataCheck {
  /** Kubernetes' ObjectMeta. */
  private static final Set<String> FIELDS =
      Set.of(
          "name",
          "generateName",
          "namespace",
          "labels",
          "annotations",
          "ownerReferences",
          "finalizers",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "managedFields",
          "selfLink");

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private final String apiVersion;
  private final String kind;

  MetadataCheck(String apiVersion, String kind) {
    this.apiVersion = apiVersion;
    this.kind = kind;
  }

  List<Problem> check(ObjectNode object) {
    List<Problem> problems = new ArrayList<>();
    equal(object, "apiVersion", apiVersion, problems);
    equal(object, "kind", kind, problems);
    JsonNode metadata = object.path("metadata");
    if (!metadata.isObject()) {
      problems.add(new Problem("metadata", "is required, with a name"));
      return problems;
    }
    for (var field : metadata.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        problems.add(
            new Problem(
                "metadata." + field.getKey(), UnknownFields.message(field.getKey(), FIELDS)));
      }
    }
    // as kubectl apply: without a name of its own an object cannot be found again
    if (!metadata.path("name").isTextual()) {
      problems.add(new Problem("metadata.name", "is required, as text"));
    }
    matches(metadata, "name", NAME, problems);
    matches(metadata, "namespace", NAMESPACE, problems);
    return problems;
  }

  private static void equal(
      ObjectNode object, String field, String expected, List<Problem> problems) {
    String found = object.path(field).asText();
    if (!found.equals(expected)) {
      problems.add(
          new Problem(field, "must be " + expected + (found.isEmpty() ? "" : ", but is " + found)));
    }
  }

  private static void matches(
      JsonNode metadata, String field, Pattern pattern, List<Problem> problems) {
    JsonNode value = metadata.path(field);
    if (value.isTextual() && !pattern.matcher(value.asText()).matches()) {
      problems.add(
          new Problem(
              "metadata." + field,
              value
                  + " must be of lower-case letters, digits and '-', beginning and ending with a letter or digit"));
    }
  }
}
