package training.fusion.local.api;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom the API answers: who shows the run's secret. Judged by a request's head, before its body is
 * read. A page in a browser can't set the header with the secret without asking first, which is
 * refused; its {@code Origin}, and the name that it reached this machine by, are refused as well,
 * so that a page stays outside even where the secret got to it.
 *
 * @param secret what a request shows as its bearer token
 */
record AccessRules(String secret) {
  /** As many bytes as an API server takes. */
  static final int LONGEST_BODY = 3 << 20;

  private static final String OURS = "http://";
  private static final String BEARER = "bearer ";

  private static final Set<String> JSON = Set.of("application/json");

  /** Types of a body, by the methods that are answered at all. */
  private static final Map<HttpMethod, Set<String>> TYPES =
      Map.of(
          HttpMethod.GET, JSON,
          HttpMethod.DELETE, JSON,
          HttpMethod.POST, JSON,
          HttpMethod.PUT, JSON,
          HttpMethod.PATCH,
              Set.of(
                  "application/json-patch+json",
                  "application/merge-patch+json",
                  "application/strategic-merge-patch+json"));

  /**
   * Why a request is not answered.
   *
   * @param code HTTP status
   * @param reason Kubernetes' word for it
   */
  record Refusal(int code, String reason, String message) {}

  /** What is wrong with a request, if anything is. */
  @Nullable Refusal refusal(HttpServerRequest request) {
    MultiMap headers = request.headers();
    List<String> hosts = headers.getAll("Host");
    int port = request.connection().localAddress().port();
    String host = hosts.size() == 1 ? lower(hosts.get(0)) : "";
    if (!Set.of("127.0.0.1:" + port, "localhost:" + port).contains(host)) {
      return new Refusal(403, "Forbidden", "Host must be 127.0.0.1:%d".formatted(port));
    }
    // Kubernetes clients name us for an origin when they ask for a watch; no page of ours exists
    if (!headers.getAll("Origin").stream()
        .map(AccessRules::lower)
        .allMatch(OURS.concat(host)::equals)) {
      return new Refusal(403, "Forbidden", "a page may not ask: its Origin is refused");
    }
    if (!knowsTheSecret(headers.getAll("Authorization"))) {
      return new Refusal(401, "Unauthorized", "the run's own bearer token is needed");
    }
    return body(request.method(), headers);
  }

  private boolean knowsTheSecret(List<String> authorization) {
    if (authorization.size() != 1 || !lower(authorization.get(0)).startsWith(BEARER)) {
      return false;
    }
    String shown = authorization.get(0).substring(BEARER.length()).strip();
    // in constant time: how long it takes says nothing of where they differ
    return MessageDigest.isEqual(bytes(shown), bytes(secret));
  }

  private static @Nullable Refusal body(HttpMethod method, MultiMap headers) {
    Set<String> types = TYPES.get(method);
    if (types == null) {
      return new Refusal(405, "MethodNotAllowed", method + " is not answered");
    }
    if (headers.contains("Transfer-Encoding")) {
      return new Refusal(411, "LengthRequired", "a body needs a Content-Length");
    }
    String length = headers.get("Content-Length");
    if (length == null || length.equals("0")) {
      return null;
    }
    if (!length.matches("\\d{1,9}") || Integer.parseInt(length) > LONGEST_BODY) {
      return new Refusal(
          413, "RequestEntityTooLarge", "a body has at most %d bytes".formatted(LONGEST_BODY));
    }
    String type = lower(String.valueOf(headers.get("Content-Type"))).replaceFirst(";.*", "");
    return types.contains(type.strip())
        ? null
        : new Refusal(
            415,
            "UnsupportedMediaType",
            "the body of a %s must be %s".formatted(method, String.join(" or ", types)));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
