package training.fusion.trainer.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A question to a server and its whole answer. The JDK's own limit ends with the answer's head: a
 * body that never ends, or never begins, is waited for without end, and kept whatever its length.
 *
 * @param client what asks
 * @param longest from the question to the last byte of the answer
 * @param most bytes of the answer
 */
public record Exchange(HttpClient client, Duration longest, int most) {
  /**
   * Asks.
   *
   * @throws HttpTimeoutException if the answer has no end in time
   * @throws IOException if the connection fails, or the answer is too long
   */
  public HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, head -> new BoundedBody(most));
    try {
      return answer.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException(
          "it did not answer to the end within %d s".formatted(longest.toSeconds()));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    } finally {
      answer.cancel(true); // closes the connection of one that has not ended
    }
  }
}
