package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;

/**
 * A file behind an HTTPS address. Redirects are followed, but never to plain HTTP; proxies and
 * trusted certificates are those of the virtual machine's system properties.
 */
final class HttpsFile implements RemoteFile {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final URI uri;
  private final HttpClient client;

  private HttpsFile(URI uri) {
    this.uri = uri;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // one connection for one long body
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT)
            .build();
  }

  /**
   * @param field path of the address in the spec, for messages
   * @throws TrainingFailure if it is no HTTPS address
   */
  static HttpsFile of(String url, String field) {
    try {
      URI uri = new URI(url);
      if ("https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
        return new HttpsFile(uri);
      }
    } catch (java.net.URISyntaxException e) {
      // said below, without the address: it may hold something secret
    }
    throw TrainingFailure.badConfiguration(
        field
            + ".url is no address of the form https://host/path; special characters are written as %20 and the like");
  }

  /** Last part of the path. */
  String fileName() {
    String path = uri.getPath() == null ? "" : uri.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.matches("[^\\p{Cntrl}\\\\:*?\"<>|]{1,200}") && !name.startsWith(".")
        ? name
        : "file";
  }

  /** Without user and query, where keys and signatures are. */
  @Override
  public String address() {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return "https://" + uri.getHost() + port + (uri.getRawPath() == null ? "" : uri.getRawPath());
  }

  @Override
  public Answer open(long from, @Nullable String version) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER);
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
      if (version != null) {
        request.header("If-Range", version);
      }
    }
    HttpResponse<InputStream> response = send(request.build());
    return switch (response.statusCode()) {
      case OK -> new Answer(0, length(response.headers()), version(response), response.body());
      case PARTIAL -> rest(response, from, version);
      case RANGE_NOT_SATISFIABLE -> nothingLeft(response, from);
      default -> {
        response.body().close();
        throw refused(response);
      }
    };
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (SSLHandshakeException e) {
      throw TrainingFailure.badConfiguration(
          "%s: the server's certificate is not trusted (%s); if a private authority has signed it, name a trust store with it in JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=…"
              .formatted(address(), InWords.of(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (java.net.ConnectException e) {
      String why =
          e.getCause() instanceof java.nio.channels.UnresolvedAddressException
              ? "the name " + uri.getHost() + " is not known"
              : "no connection to " + uri.getHost();
      throw new IOException(why, e);
    }
  }

  private static Answer rest(HttpResponse<InputStream> response, long from, @Nullable String before)
      throws IOException {
    Matcher range =
        CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    if (!range.matches() || Long.parseLong(range.group(1)) != from) {
      response.body().close();
      throw new IOException("the server sent another part than it was asked for");
    }
    String now = version(response);
    if (before != null && now != null && !before.equals(now)) {
      response.body().close(); // not every server looks at If-Range
      throw new OtherContent("the file was changed while it was fetched");
    }
    long size = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
    return new Answer(from, size, now, response.body());
  }

  /** The file ends where what is here ends, or before. */
  private static Answer nothingLeft(HttpResponse<InputStream> response, long from)
      throws IOException {
    response.body().close();
    String range = response.headers().firstValue("Content-Range").orElse("");
    if (from > 0 && range.equals("bytes */" + from)) {
      return new Answer(from, from, null, InputStream.nullInputStream());
    }
    throw new OtherContent("the server has no bytes after those that are here");
  }

  private IOException refused(HttpResponse<?> response) {
    int status = response.statusCode();
    boolean temporary = status >= 500 || status == 408 || status == 425 || status == 429;
    if (temporary) {
      return new IOException("the server answered with status " + status);
    }
    String help =
        switch (status) {
          case 401, 403 ->
              "reading it is not allowed; check the address and its signature or token";
          case 404, 410 -> "there is no such file; check the address";
          default ->
              status / 100 == 3
                  ? "it redirects to an address that is not https"
                  : "a file is expected there";
        };
    throw TrainingFailure.badConfiguration(
        "%s: the server answered with status %d: %s".formatted(address(), status, help));
  }

  private static long length(HttpHeaders headers) {
    return headers.firstValueAsLong("Content-Length").orElse(-1);
  }

  /** A strong ETag, or the time of the last change: what If-Range takes. */
  private static @Nullable String version(HttpResponse<?> response) {
    HttpHeaders headers = response.headers();
    return headers
        .firstValue("ETag")
        .filter(tag -> !tag.startsWith("W/"))
        .or(() -> headers.firstValue("Last-Modified"))
        .orElse(null);
  }
}
