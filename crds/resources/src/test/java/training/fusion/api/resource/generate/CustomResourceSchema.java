package training.fusion.api.resource.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingSpec;

/** The CustomResourceDefinition of a type: fabric8's, and what it leaves out. */
final class CustomResourceSchema {
  private CustomResourceSchema() {}

  /** The whole definition, as it is committed. */
  static ObjectNode of(Class<? extends CustomResource<?, ?>> type) {
    ObjectNode definition = generated(type);
    // kubectl get fusion shows trainings and sweeps; "all" is for what comes with every cluster
    definition.withObject("/spec/names").putArray("categories").add("fusion");
    ObjectNode version = (ObjectNode) definition.at("/spec/versions/0");
    ArrayNode columns = (ArrayNode) version.get("additionalPrinterColumns");
    orderColumns(columns, type);
    removeZeroPriorities(columns);

    ObjectNode root = (ObjectNode) version.at("/schema/openAPIV3Schema");
    new SchemaRefinement().refine(root, type);
    boolean isTraining = type.equals(FusionTraining.class);
    root.put(
        "description",
        isTraining
            ? "One training of an image classifier."
            : "A matrix of trainings: strategies, data sets and seeds.");
    ObjectNode status = (ObjectNode) root.at("/properties/status");
    status.put("description", "What became of it; written by the operator.");
    // an object that no operator has seen yet must not look healthy to tools that compare
    // generations
    status.putObject("default").put("observedGeneration", -1);
    ObjectNode spec = (ObjectNode) root.at("/properties/spec");
    spec.put("description", "What is asked for.");
    root.putArray("required").add("spec");
    if (isTraining) {
      Immutability.addRules(root, FusionTrainingSpec.class);
    } else {
      removeDefaults(spec.at("/properties/matrix"));
      removeDefaults(spec.at("/properties/template"));
    }
    return definition;
  }

  /**
   * What a trial is named by is what a person wrote: a default that an API server writes into a
   * sweep, a newer one perhaps another, would name all its trials anew. Trials get theirs on their
   * own.
   */
  static void removeDefaults(JsonNode schema) {
    for (JsonNode part : schema) {
      if (part instanceof ObjectNode object && object.has("type")) {
        object.remove("default");
      }
      removeDefaults(part);
    }
  }

  private static ObjectNode generated(Class<? extends CustomResource<?, ?>> type) {
    var output = new InMemory();
    new CRDGenerator()
        .customResourceClasses(List.of(type))
        .forCRDVersions("v1")
        .withParallelGenerationEnabled(false)
        .withOutput(output)
        .generate();
    try {
      return (ObjectNode) new YAMLMapper().readTree(output.bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** kubectl shows columns in the order of the list; the generator sorts it. */
  private static void orderColumns(ArrayNode columns, Class<?> type) {
    List<String> declared =
        Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    List<JsonNode> ordered = new java.util.ArrayList<>();
    columns.forEach(ordered::add);
    ordered.sort(Comparator.comparing(column -> declared.indexOf(column.get("name").asText())));
    columns.removeAll().addAll(ordered);
  }

  /**
   * An API server stores no zero, so whoever applied one server-side would be in conflict with the
   * next who does, although nothing differs.
   */
  private static void removeZeroPriorities(ArrayNode columns) {
    for (JsonNode column : columns) {
      if (column.path("priority").asInt() == 0) {
        ((ObjectNode) column).remove("priority");
      }
    }
  }

  private static final class InMemory implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public ByteArrayOutputStream outputFor(String crdName) {
      return bytes;
    }

    @Override
    public URI crdURI(String crdName) {
      return Path.of(crdName).toUri(); // nothing is written there
    }

    @Override
    public void close() {}
  }
}
