package training.fusion.operator.bounds;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the API server takes in a status, or in a part of it: the schema of the definition that
 * clusters get. Whatever is written there is brought within it first, because one field that is out
 * of bounds makes the API server refuse the whole status.
 */
public final class StatusSchema {
  /** A FusionTraining's. */
  public static final StatusSchema TRAINING = read("fusiontrainings");

  /** A FusionSweep's. */
  public static final StatusSchema SWEEP = read("fusionsweeps");

  private final JSONSchemaProps schema;

  private StatusSchema(JSONSchemaProps schema) {
    this.schema = schema;
  }

  /**
   * What was wrong with a value.
   *
   * @param field where, such as {@code metrics.accuracy}
   * @param right what it has to be, as the end of a sentence
   */
  public record Misfit(String field, String right) {}

  private static StatusSchema read(String plural) {
    String file = "/crd/" + plural + ".fusion.training.yaml";
    try (InputStream stream = StatusSchema.class.getResourceAsStream(file)) {
      var definition =
          Serialization.unmarshal(
              Objects.requireNonNull(stream, file), CustomResourceDefinition.class);
      return new StatusSchema(
              definition.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema())
          .at("status");
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  /** The part of it that is a field's, or that of a field in there. */
  public StatusSchema at(String... path) {
    JSONSchemaProps part = schema;
    for (String field : path) {
      part = Objects.requireNonNull(part.getProperties().get(field), field);
    }
    return new StatusSchema(part);
  }

  /** That of a list's elements. */
  public StatusSchema elements() {
    return new StatusSchema(schema.getItems().getSchema());
  }

  /** The value as far as it is taken: texts cut, lists thinned, the rest left out. */
  public Optional<JsonNode> fit(JsonNode value) {
    return new Fitting(new ArrayList<>()).fit(schema, value, "");
  }

  /** What is not taken of the value as it is; fields that the schema does not have are dropped. */
  public List<Misfit> misfits(JsonNode value) {
    List<Misfit> misfits = new ArrayList<>();
    new Fitting(misfits).fit(schema, value, "");
    return misfits;
  }
}
