package training.fusion.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.validation.CrdValidator;
import training.fusion.api.validation.FieldAssignment;
import training.fusion.api.validation.GpuDefault;
import training.fusion.api.validation.Problem;
import training.fusion.api.validation.Resource;
import training.fusion.api.validation.ResourceReader;
import training.fusion.api.validation.UnreadableResource;
import training.fusion.api.validation.UnusableAssignment;
import training.fusion.api.validation.Validation;
import training.fusion.local.api.EmbeddedApi;
import training.fusion.local.node.Claims;

/** The trainings and sweeps that a person's files ask for, valid by the CRDs' own rules. */
final class RequestedResources {
  private static final int FORMER_IMAGE_SIZE = 244;

  private RequestedResources() {}

  /**
   * A training or a sweep to run.
   *
   * @param resource what to put into the API; with uid and status where an earlier run left them
   * @param known whether an earlier run left it
   */
  record Request(CustomResource<?, ?> resource, boolean known) {}

  /**
   * Reads the files. What is for clusters alone, such as claims, is left out, and said to be.
   *
   * @param assignments fields that are to be other than the files say
   * @param missing judges what this machine has
   * @param voice takes a sentence for a person
   * @throws BadInput naming every problem, one a line
   */
  static List<Request> read(
      List<Path> files,
      List<FieldAssignment> assignments,
      OutputFolder output,
      MissingHere missing,
      Consumer<String> voice) {
    Map<String, Request> requests = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (Resource read : documents(files, assignments, voice, problems)) {
      String name = read.value().at("/metadata/name").asText();
      boolean sweep = FusionSweep.KIND.equals(read.value().path("kind").asText());
      var type = sweep ? FusionSweep.class : FusionTraining.class;
      Optional<? extends CustomResource<?, ?>> stored =
          name.isEmpty()
              ? Optional.empty()
              : output.stored(name, type).map(known -> asItIs(known, missing.claims()));
      Resource document = computed(read, stored, missing, voice);
      Validation validation = validate(validator(sweep), document.value(), stored);
      List<Problem> found = new ArrayList<>(validation.problems());
      found.addAll(UnsupportedPodSettings.problems(document.value()));
      if (found.isEmpty()) {
        Request request = request(validation.object(), type, stored);
        List<Problem> lacking = missing.problems(validation.object());
        if (!LifecycleState.of(request.resource()).isOver()) {
          found.addAll(lacking);
        }
        if (requests.put(type.getSimpleName() + name, request) != null) {
          problems.add(
              document.source() + ": metadata.name: " + name + " stands twice; names must differ");
        }
      }
      found.forEach(problem -> problems.add(document.locate(problem)));
    }
    if (problems.isEmpty() && requests.isEmpty()) {
      problems.add(files.get(0) + ": no resource in it; examples/01-quickstart.yaml is one");
    }
    if (problems.isEmpty()) {
      problems.addAll(missing.unused());
    }
    if (!problems.isEmpty()) {
      throw new BadInput(String.join("\n", problems));
    }
    return List.copyOf(requests.values());
  }

  /** What the files hold of ours, with the fields that the command line sets. */
  private static List<Resource> documents(
      List<Path> files,
      List<FieldAssignment> assignments,
      Consumer<String> voice,
      List<String> problems) {
    List<Resource> ours = new ArrayList<>();
    files.forEach(file -> ours.addAll(ours(file, documents(file, problems), voice)));
    try {
      return problems.isEmpty() ? FieldAssignment.apply(assignments, ours) : ours;
    } catch (UnusableAssignment e) {
      problems.add(Objects.requireNonNull(e.getMessage()));
      return ours;
    }
  }

  /** With what computes, where the file leaves that open; within a run as when it began. */
  private static Resource computed(
      Resource document,
      Optional<? extends CustomResource<?, ?>> stored,
      MissingHere missing,
      Consumer<String> voice) {
    if (!GpuDefault.isOpen(document)) {
      return document;
    }
    JsonNode known = Serialization.jsonMapper().valueToTree(stored.orElse(null));
    boolean sameRun =
        known.at("/spec/runId").asText().equals(document.value().at("/spec/runId").asText());
    JsonNode before =
        known
            .at(known.at("/spec/template").isObject() ? "/spec/template" : "/spec")
            .at("/pod/gpu/count");
    if (sameRun && before.isInt()) {
      return GpuDefault.asBegun(document, before.asInt());
    }
    int count = Math.min(1, missing.gpus());
    voice.accept(
        "%s: pod.gpu.count is not set: %s"
            .formatted(
                document.value().at("/metadata/name").asText(),
                count > 0
                    ? "the GPU computes"
                    : "the CPU computes; with ./fusion --cuda an NVIDIA GPU does"));
    return GpuDefault.decided(document, count);
  }

  private static List<Resource> documents(Path file, List<String> problems) {
    try {
      return ResourceReader.read(file);
    } catch (UnreadableResource e) {
      problems.add(Objects.requireNonNull(e.getMessage()));
    } catch (NoSuchFileException e) {
      problems.add(file + ": no such file");
    } catch (IOException e) {
      problems.add(file + " can't be read: " + e.getMessage());
    }
    return List.of();
  }

  private static List<Resource> ours(Path file, List<Resource> all, Consumer<String> voice) {
    List<Resource> ours = all.stream().filter(document -> !isOfKubernetes(document)).toList();
    var left = new TreeSet<String>();
    all.stream()
        .filter(RequestedResources::isOfKubernetes)
        .forEach(document -> left.add(document.value().path("kind").asText()));
    if (!left.isEmpty()) {
      voice.accept(
          "%s: %s left out, which a cluster needs; here a claim is the folder examples/data/CLAIM, or what --volume names"
              .formatted(file, String.join(" and ", left)));
    }
    return ours;
  }

  /** Whether it is of a group that Kubernetes itself serves: those have no dot, or end so. */
  private static boolean isOfKubernetes(Resource document) {
    if (document.value().path("kind").asText().startsWith("Fusion")) {
      return false; // ours, with a version that is wrong
    }
    String version = document.value().path("apiVersion").asText();
    String group = version.contains("/") ? version.substring(0, version.indexOf('/')) : "";
    return !version.isEmpty() && (!group.contains(".") || group.endsWith(".k8s.io"));
  }

  /** What an earlier run has left, with what its folder says: nothing saved, nothing held. */
  private static CustomResource<?, ?> asItIs(CustomResource<?, ?> known, Claims claims) {
    return known instanceof FusionTraining training ? KeptWork.asItIs(training, claims) : known;
  }

  private static CrdValidator validator(boolean sweep) {
    return sweep ? CrdValidator.forFusionSweep() : CrdValidator.forFusionTraining();
  }

  private static Validation validate(
      CrdValidator validator, ObjectNode object, Optional<? extends CustomResource<?, ?>> stored) {
    if (stored.isEmpty()) {
      return validator.validateCreate(object);
    }
    ObjectNode known = Serialization.jsonMapper().valueToTree(stored.get());
    keepFormerDefault(object, known);
    return validator.validateUpdate(object, known);
  }

  /**
   * training.imageSize had a default in the schema once: what an API server completed with it keeps
   * it within its run where the file names none, as in a cluster that has it stored.
   */
  private static void keepFormerDefault(ObjectNode object, ObjectNode known) {
    boolean sameRun = object.at("/spec/runId").asText().equals(known.at("/spec/runId").asText());
    if (sameRun
        && known.at("/spec/training/imageSize").asInt() == FORMER_IMAGE_SIZE
        && object.at("/spec/training") instanceof ObjectNode training
        && !training.has("imageSize")) {
      training.put("imageSize", FORMER_IMAGE_SIZE);
    }
  }

  private static Request request(
      ObjectNode object,
      Class<? extends CustomResource<?, ?>> type,
      Optional<? extends CustomResource<?, ?>> stored) {
    CustomResource<?, ?> asked = Serialization.unmarshal(object.toString(), type);
    if (asked.getMetadata().getNamespace() == null) {
      asked.getMetadata().setNamespace(EmbeddedApi.NAMESPACE);
    }
    if (stored.isEmpty()) {
      return new Request(asked, false);
    }
    CustomResource<?, ?> known = stored.get();
    if (known instanceof FusionSweep sweep && asked instanceof FusionSweep now) {
      change(sweep, now.getSpec());
    } else if (known instanceof FusionTraining training && asked instanceof FusionTraining now) {
      change(training, now.getSpec());
    }
    return new Request(known, true);
  }

  private static <S> void change(CustomResource<S, ?> known, S spec) {
    if (!Objects.equals(known.getSpec(), spec)) {
      known.setSpec(spec);
      known.getMetadata().setGeneration(known.getMetadata().getGeneration() + 1);
    }
  }
}
