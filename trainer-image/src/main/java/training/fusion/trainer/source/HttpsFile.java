package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
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
 * A file behind an HTTPS address. Redirects are followed, but never to plain HTTP, and a header
 * that is secret goes to no other server than the address names; trusted certificates are those of
 * the virtual machine's system properties.
 */
final class HttpsFile implements RemoteFile {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");
  private static final int HTTPS_PORT = 443;
  private static final int MOST_REDIRECTS = 10;
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final URI uri;
  private final @Nullable SecretHeader secret;
  private final HttpClient client;

  private HttpsFile(URI uri, ProxySelector proxies, @Nullable SecretHeader secret) {
    this.uri = uri;
    this.secret = secret;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // one connection for one long body
            .followRedirects(HttpClient.Redirect.NEVER) // the JDK would send the header along
            .proxy(proxies)
            .connectTimeout(CONNECT)
            .build();
  }

  /**
   * @param field path of the address in the spec, for messages
   * @param secret header to ask with; null: none
   * @throws TrainingFailure if it is no HTTPS address
   */
  static HttpsFile of(
      String url, ProxySelector proxies, String field, @Nullable SecretHeader secret) {
    try {
      URI uri = new URI(url);
      if (isHttps(uri)) {
        return new HttpsFile(uri, proxies, secret);
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
    HttpResponse<InputStream> response = follow(from, version);
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

  private HttpResponse<InputStream> follow(long from, @Nullable String version) throws IOException {
    URI at = uri;
    HttpResponse<InputStream> response = send(request(at, from, version));
    for (int redirects = 0; isRedirect(response.statusCode()); redirects++) {
      response.body().close();
      at = target(at, response.headers().firstValue("Location").orElse(""));
      if (redirects == MOST_REDIRECTS) {
        throw refused("it redirects more than %d times".formatted(MOST_REDIRECTS));
      }
      response = send(request(at, from, version));
    }
    return response;
  }

  private HttpRequest request(URI at, long from, @Nullable String version) {
    HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(ANSWER);
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
      if (version != null) {
        request.header("If-Range", version);
      }
    }
    if (secret != null && isSameServer(at)) {
      request.header(secret.name(), secret.value());
    }
    return request.build();
  }

  private URI target(URI from, String location) {
    try {
      URI to = from.resolve(new URI(location));
      if (!location.isEmpty() && isHttps(to)) {
        return to;
      }
    } catch (java.net.URISyntaxException e) {
      // said below, without the address: it may hold something secret
    }
    throw refused("it redirects to an address that is not https");
  }

  private static boolean isHttps(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null;
  }

  private boolean isSameServer(URI other) {
    return uri.getHost().equalsIgnoreCase(other.getHost()) && port(uri) == port(other);
  }

  private static int port(URI uri) {
    return uri.getPort() < 0 ? HTTPS_PORT : uri.getPort();
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private TrainingFailure refused(String why) {
    return TrainingFailure.badConfiguration("%s: %s".formatted(address(), why));
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (SSLHandshakeException e) {
      throw TrainingFailure.badConfiguration(
          "%s: the server's certificate is not trusted (%s); if a private authority has signed it, name a trust store with it in JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=…"
              .formatted(address(), InWords.of(e)));
    } catch (IllegalArgumentException e) { // the JDK's client, of numbers in a head
      throw TrainingFailure.badData(
          "%s: the server's answer is not of HTTP: %s"
              .formatted(address(), EntryName.printed(InWords.of(e))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (java.net.ConnectException e) {
      String why =
          InWords.isUnknownHost(e)
              ? "the name " + request.uri().getHost() + " is not known"
              : "no connection to " + request.uri().getHost();
      throw new IOException(why, e);
    }
  }

  private Answer rest(HttpResponse<InputStream> response, long from, @Nullable String before)
      throws IOException {
    Matcher range =
        CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    if (!range.matches() || number(range.group(1)) != from) {
      response.body().close();
      throw new IOException("the server sent another part than it was asked for");
    }
    String now = version(response);
    if (before != null && now != null && !before.equals(now)) {
      response.body().close(); // not every server looks at If-Range
      throw new OtherContent("the file was changed while it was fetched");
    }
    long size = range.group(2).equals("*") ? -1 : number(range.group(2));
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
          case 407 ->
              "the proxy asks for a password, which is not supported; name one in HTTPS_PROXY that"
                  + " does not, or the host in NO_PROXY";
          default -> "a file is expected there";
        };
    throw refused("the server answered with status %d: %s".formatted(status, help));
  }

  private long length(HttpHeaders headers) {
    return headers.firstValue("Content-Length").map(this::number).orElse(-1L);
  }

  private long number(String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw TrainingFailure.badData(
        "%s: the server tells a length of %s, which no file has"
            .formatted(address(), EntryName.printed(text)));
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
