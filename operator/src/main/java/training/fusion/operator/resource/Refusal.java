package training.fusion.operator.resource;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/**
 * The API server did not do what it was asked to: it did not make the Job, or what belongs to a
 * sweep.
 *
 * @param message one sentence for the status
 */
public record Refusal(Kind kind, String message) {
  private static final int UNPROCESSABLE = 422;

  /** What follows from it. */
  public enum Kind {
    /** Something else has the name, and keeps it. */
    NAME_TAKEN,
    /** Something else has the name and is being deleted. */
    NAME_IN_USE,
    /** It is not valid and never will be. */
    INVALID,
    /** Not now: a quota, a policy, a webhook, a missing right, or trouble of its own. */
    REFUSED,
    /** The Job is there, but it was not let make its pod. */
    NO_POD
  }

  /**
   * What an answer says of what was asked for.
   *
   * @param asked in words, such as "to make the Job"
   * @throws KubernetesClientException the same, where that was no answer to the request: there was
   *     none, or the API server does not know us
   */
  public static Refusal of(KubernetesClientException e, String asked) {
    if (!isAnswer(e)) {
      throw e;
    }
    return new Refusal(
        isInvalid(e) ? Kind.INVALID : Kind.REFUSED,
        "the API server refused %s: %s".formatted(asked, words(e)));
  }

  /** This and another, in one sentence. */
  public Refusal and(Refusal other) {
    return new Refusal(kind, message + "; " + other.message);
  }

  /** Whether this is what the API server said to this very request. */
  public static boolean isAnswer(KubernetesClientException e) {
    return e.getCode() > 0 && e.getCode() != HttpURLConnection.HTTP_UNAUTHORIZED;
  }

  /**
   * What is to be said of a name that something else has.
   *
   * @param there what has it
   * @param owner whose object is to have it
   * @param remedy what would help, as an imperative
   */
  public static Refusal ofName(HasMetadata there, HasMetadata owner, String remedy) {
    String kind = there.getKind();
    String name = there.getMetadata().getName();
    return Ownership.of(there, owner) == Ownership.LEAVING
        ? new Refusal(
            Kind.NAME_IN_USE,
            "another %s %s is being deleted; its name is waited for".formatted(kind, name))
        : new Refusal(
            Kind.NAME_TAKEN,
            "%s %s is there and is not this %s's; it is left alone: %s"
                .formatted(kind, name, owner.getKind(), remedy));
  }

  // A policy may answer with the same code, but only a schema names fields.
  private static boolean isInvalid(KubernetesClientException e) {
    Status status = e.getStatus();
    return e.getCode() == UNPROCESSABLE
        && status != null
        && status.getDetails() != null
        && status.getDetails().getCauses().stream()
            .anyMatch(cause -> cause.getField() != null && !cause.getField().isEmpty());
  }

  private static String words(KubernetesClientException e) {
    Status status = e.getStatus();
    return status == null || status.getMessage() == null || status.getMessage().isEmpty()
        ? "code " + e.getCode()
        : status.getMessage();
  }
}
