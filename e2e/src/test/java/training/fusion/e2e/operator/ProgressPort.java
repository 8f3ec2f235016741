package training.fusion.e2e.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Where an operator takes reports. */
public record ProgressPort(URI address) {
  public static final String JSON = "application/json";

  /** One for all: each has threads and connections of its own. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** That of an operator that is ready, or soon will be. */
  public static ProgressPort of(ShippedOperator operator) {
    operator.awaitReady();
    return new ProgressPort(operator.address().resolve("/v1/progress"));
  }

  /** A report of a trainer that is at this step of 120. */
  public static String report(long sequence, long step) {
    return """
    {"contractVersion": 1, "sequence": %d, "epoch": 1, "epochs": 3, "step": %d, "steps": 120,
     "imagesPerSecond": 512.5}\
    """
        .formatted(sequence, step);
  }

  public HttpResponse<String> post(String token, String body) {
    return post(token, body, JSON);
  }

  public HttpResponse<String> post(String token, String body, String type) {
    return send(request("Bearer " + token, body, type));
  }

  /** With whatever stands in place of {@code Bearer} and a token. */
  public HttpResponse<String> postAs(String authorization, String body) {
    return send(request(authorization, body, JSON));
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return CLIENT.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  public CompletableFuture<HttpResponse<String>> postSoon(String token, String body) {
    return CLIENT.sendAsync(request("Bearer " + token, body, JSON), BodyHandlers.ofString());
  }

  private HttpRequest request(String authorization, String body, String type) {
    return HttpRequest.newBuilder(address)
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", authorization)
        .header("Content-Type", type)
        .POST(BodyPublishers.ofString(body))
        .build();
  }
}
