package training.fusion.operator.progress;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/progress}: a trainer's report, with its pod's token as bearer. Nothing of a body
 * is read before the token is verified, each report has a connection of its own, and that is closed
 * in time: what others send, or only begin to send, takes no memory for long.
 */
@Singleton
class ProgressEndpoint {
  private static final String PATH = "/v1/progress";
  private static final String JSON = "application/json";
  private static final String BEARER = "Bearer";
  private static final Duration KEYS_AGAIN = Duration.ofSeconds(10);
  private static final Duration SOON_AGAIN = Duration.ofSeconds(1);

  /** For a report to arrive and to be answered; no trainer waits longer. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  /** For the rest of one that was refused: whoever still sends would not read the answer. */
  private static final Duration LONGEST_REST = Duration.ofSeconds(1);

  private final TokenVerifier tokens;
  private final ReportIntake intake;
  private final MeterRegistry meters;
  private final Vertx vertx;
  private final Duration longest;
  private final Arriving arriving = new Arriving();

  @Inject
  ProgressEndpoint(TokenVerifier tokens, ReportIntake intake, MeterRegistry meters, Vertx vertx) {
    this(tokens, intake, meters, vertx, LONGEST);
  }

  ProgressEndpoint(
      TokenVerifier tokens,
      ReportIntake intake,
      MeterRegistry meters,
      Vertx vertx,
      Duration longest) {
    this.tokens = tokens;
    this.intake = intake;
    this.meters = meters;
    this.vertx = vertx;
    this.longest = longest;
  }

  void register(@Observes Router router) {
    router.post(PATH).handler(this::receive);
  }

  private void receive(RoutingContext context) {
    HttpServerRequest request = context.request();
    request.pause();
    var first = Promise.<Answer>promise();
    long timer = vertx.setTimer(longest.toMillis(), late -> first.tryComplete(late(request)));
    answer(request, first.future())
        .recover(ProgressEndpoint::refused)
        .onSuccess(first::tryComplete)
        .onFailure(first::tryFail);
    first
        .future()
        .onComplete(done -> vertx.cancelTimer(timer))
        .onSuccess(answer -> send(context, answer))
        .onFailure(failure -> fail(context, failure));
  }

  private static void fail(RoutingContext context, Throwable failure) {
    if (!context.response().closed()) { // else the sender has gone
      context.fail(failure);
    }
  }

  private Future<Answer> answer(HttpServerRequest request, Future<Answer> first) {
    if (request.getHeader(HttpHeaders.ORIGIN) != null) { // no trainer is a page in a browser
      return Future.succeededFuture(
          Answer.foreign("a page does not report: a request with an Origin is refused"));
    }
    String token = token(request.getHeader(HttpHeaders.AUTHORIZATION));
    if (token == null) {
      return Future.succeededFuture(Answer.unproved("a report needs its pod's token as bearer"));
    }
    if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      return Future.succeededFuture(Answer.ofAnotherType("a report's Content-Type is " + JSON));
    }
    return vertx
        .executeBlocking(() -> tokens.verify(token), false)
        .compose(sender -> answer(request, sender, first));
  }

  private Future<Answer> answer(
      HttpServerRequest request, PodIdentity sender, Future<Answer> first) {
    if (!arriving.begin(sender)) {
      return Future.succeededFuture(Answer.tooMany(SOON_AGAIN));
    }
    first.onComplete(answered -> arriving.end(sender));
    return ReportBody.of(request)
        .compose(body -> vertx.executeBlocking(() -> take(sender, body), false));
  }

  private Answer take(PodIdentity sender, byte[] body) throws ReportFormat.Malformed {
    return intake.take(sender, ReportFormat.read(body));
  }

  private static Answer late(HttpServerRequest request) {
    return request.isEnded()
        ? Answer.unavailable("the status could not be written in time", SOON_AGAIN)
        : Answer.halfSent("the report did not arrive in time");
  }

  private static Future<Answer> refused(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof TokenRefused) {
      return Future.succeededFuture(Answer.unproved(message));
    }
    if (failure instanceof ReportFormat.Malformed) {
      return Future.succeededFuture(Answer.malformed(message));
    }
    if (failure instanceof ReportBody.TooLong) {
      return Future.succeededFuture(Answer.tooLong(message));
    }
    if (failure instanceof KeysUnavailable) {
      return Future.succeededFuture(Answer.unavailable(message, KEYS_AGAIN));
    }
    return Future.failedFuture(failure);
  }

  private void send(RoutingContext context, Answer answer) {
    meters.counter("fusion.reports", "code", String.valueOf(answer.code())).increment();
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return; // the sender has gone
    }
    response
        .setStatusCode(answer.code())
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=UTF-8")
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    if (answer.code() == HttpURLConnection.HTTP_UNAUTHORIZED) {
      response.putHeader(HttpHeaderNames.WWW_AUTHENTICATE, BEARER);
    }
    if (answer.retryAfter() != null) {
      response.putHeader(HttpHeaders.RETRY_AFTER, seconds(answer.retryAfter()));
    }
    response.end(answer.message() + "\n").onComplete(sent -> close(context.request()));
  }

  /**
   * What was sent and not read would break the connection before its other end reads the answer.
   */
  private void close(HttpServerRequest request) {
    if (request.isEnded()) {
      request.connection().close();
      return;
    }
    long timer = vertx.setTimer(LONGEST_REST.toMillis(), late -> request.connection().close());
    request
        .handler(rest -> {})
        .exceptionHandler(gone -> vertx.cancelTimer(timer))
        .endHandler(
            end -> {
              vertx.cancelTimer(timer);
              request.connection().close();
            })
        .resume();
  }

  private static boolean isJson(@Nullable String type) {
    return type != null && type.split(";", 2)[0].strip().equalsIgnoreCase(JSON);
  }

  /** What stands after the scheme, in whatever case that is. */
  private static @Nullable String token(@Nullable String authorization) {
    String[] parts = authorization == null ? new String[0] : authorization.strip().split(" +", 2);
    return parts.length == 2 && parts[0].equalsIgnoreCase(BEARER) ? parts[1] : null;
  }

  private static String seconds(Duration duration) {
    return String.valueOf(Math.max(1, duration.plusMillis(999).toSeconds()));
  }
}
