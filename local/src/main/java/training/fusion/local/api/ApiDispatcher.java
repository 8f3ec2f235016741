package training.fusion.local.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.crud.AttributeSet;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.validation.CrdValidator;
import training.fusion.api.validation.Problem;
import training.fusion.api.validation.Validation;

/**
 * fabric8's CRUD server, made to answer as an API server does where our operator, Job controller
 * and node can tell the difference: uids, times, merge patches, the body of a 404, deletion in the
 * foreground, the CRD's rules and defaults for trainings, the documents that tokens are verified
 * with.
 */
final class ApiDispatcher extends KubernetesCrudDispatcher {
  private static final String TRAININGS = "fusiontrainings";
  private static final int UNPROCESSABLE = 422;

  private final Map<String, String> documents;
  private @Nullable String created;

  /**
   * @param documents bodies of JSON documents by their path
   */
  ApiDispatcher(Map<String, String> documents) {
    super(List.of());
    this.documents = documents;
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) {
    String document = documents.get(request.getPath());
    if (document != null) {
      return json(200, document);
    }
    // the server below loses the body that asks for it: a Job always goes in the foreground
    if (request.method() == HttpMethod.DELETE && request.getPath().contains("/jobs/")) {
      holdForDependents(request.getPath());
    }
    MockResponse response = super.dispatch(request);
    boolean withoutBody = response.getBody() == null || response.getBody().size() == 0;
    return response.code() == 404 && withoutBody ? notFound(request.getPath()) : response;
  }

  @Override
  public synchronized MockResponse handleCreate(RecordedRequest request) {
    String path = request.getPath().replaceFirst("\\?.*", "");
    if (!path.endsWith("/" + TRAININGS)) {
      return create(request);
    }
    Validation validation =
        CrdValidator.forFusionTraining().validateCreate((ObjectNode) tree(request.getUtf8Body()));
    if (!validation.accepted()) {
      return json(UNPROCESSABLE, Serialization.asJson(refusal(validation)));
    }
    String complete = validation.object().toString();
    if (request.getPath().contains("dryRun=All")) {
      return json(201, complete);
    }
    return create(
        new RecordedRequest(
            request.getHttpVersion(),
            request.method(),
            request.getPath(),
            request.getHeaders(),
            new Buffer(complete.getBytes(StandardCharsets.UTF_8))));
  }

  private MockResponse create(RecordedRequest request) {
    created = null;
    MockResponse response = super.handleCreate(request);
    return created == null ? response : json(response.code(), created);
  }

  private static Status refusal(Validation validation) {
    return new StatusBuilder()
        .withStatus("Failure")
        .withReason("Invalid")
        .withCode(UNPROCESSABLE)
        .withMessage(
            validation.problems().stream().map(Problem::toString).collect(Collectors.joining("; ")))
        .withNewDetails()
        .withCauses(
            validation.problems().stream()
                .map(
                    problem ->
                        new StatusCause(problem.path(), problem.message(), "FieldValueInvalid"))
                .toList())
        .endDetails()
        .build();
  }

  @Override
  public synchronized MockResponse handleUpdate(RecordedRequest request) {
    return super.handleUpdate(request);
  }

  @Override
  public synchronized MockResponse handlePatch(RecordedRequest request) {
    return super.handlePatch(request);
  }

  @Override
  public synchronized MockResponse handleDelete(String path) {
    return super.handleDelete(path);
  }

  /** RFC 7396; the server's own merge keeps nulls. */
  @Override
  public JsonNode merge(JsonNode current, String patch) {
    return merged(current, tree(patch));
  }

  @Override
  public void processEvent(
      String path,
      AttributeSet pathAttributes,
      AttributeSet oldAttributes,
      GenericKubernetesResource resource,
      String newState) {
    if (resource == null || newState == null) {
      super.processEvent(path, pathAttributes, oldAttributes, resource, newState);
      return;
    }
    var metadata = resource.getMetadata();
    if (oldAttributes == null) {
      metadata.setUid(UUID.randomUUID().toString());
      metadata.setCreationTimestamp(now());
      if (Set.of(FusionTraining.KIND, FusionSweep.KIND).contains(resource.getKind())) {
        // the default in the CRDs: nobody shall take an unseen resource for a healthy one
        resource.setAdditionalProperty("status", Map.of("observedGeneration", -1));
      }
    }
    String deleted = metadata.getDeletionTimestamp();
    if (deleted != null && !deleted.endsWith("Z")) {
      metadata.setDeletionTimestamp(now());
    }
    String state = Serialization.asJson(resource);
    if (oldAttributes == null) {
      created = state;
    }
    super.processEvent(path, pathAttributes, oldAttributes, resource, state);
  }

  /** Stores an object of an earlier run as it was, uid and status included. */
  synchronized void restore(String path, GenericKubernetesResource resource) {
    resource.getMetadata().setResourceVersion(String.valueOf(requestResourceVersion()));
    AttributeSet key = getKey(path);
    super.processEvent(path, key, null, resource, Serialization.asJson(resource));
  }

  /** A deletion in the foreground: the object stays until its dependents are gone. */
  private synchronized void holdForDependents(String path) {
    AttributeSet key = getKey(path);
    Map.Entry<AttributeSet, String> found = findResource(key);
    if (found == null) {
      return;
    }
    var resource = Serialization.unmarshal(found.getValue(), GenericKubernetesResource.class);
    // not addFinalizer: Kubernetes' own name for this one has no domain, which fabric8 insists on
    var finalizers = new ArrayList<>(resource.getMetadata().getFinalizers());
    if (!finalizers.contains(OwnerCollector.FOREGROUND)) {
      finalizers.add(OwnerCollector.FOREGROUND);
      resource.getMetadata().setFinalizers(finalizers);
      super.processEvent(path, key, found.getKey(), resource, Serialization.asJson(resource));
    }
  }

  private static JsonNode merged(@Nullable JsonNode current, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    ObjectNode result =
        current != null && current.isObject()
            ? (ObjectNode) current.deepCopy()
            : Serialization.jsonMapper().createObjectNode();
    for (var field : patch.properties()) {
      if (field.getValue().isNull()) {
        result.remove(field.getKey());
      } else {
        result.set(field.getKey(), merged(result.get(field.getKey()), field.getValue()));
      }
    }
    return result;
  }

  private static JsonNode tree(String json) {
    try {
      return Serialization.jsonMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static MockResponse notFound(String path) {
    return json(
        404,
        Serialization.asJson(
            new StatusBuilder()
                .withStatus("Failure")
                .withReason("NotFound")
                .withCode(404)
                .withMessage(path + " not found")
                .build()));
  }

  private static MockResponse json(int code, String body) {
    return new MockResponse()
        .setResponseCode(code)
        .setHeader("Content-Type", "application/json")
        .setBody(body);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
