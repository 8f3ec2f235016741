package training.fusion.local.api;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.vertx.HttpServerRequestHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP on the loopback interface in front of a dispatcher, for those whom the rules let in. */
final class ApiServer implements AutoCloseable {
  /** By number, so that no file with names of hosts has a say. */
  static final String ADDRESS = "127.0.0.1";

  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final long PATIENCE_SECONDS = 20;

  private final Vertx vertx;
  private final HttpServer server;

  private ApiServer(Vertx vertx, HttpServer server) {
    this.vertx = vertx;
    this.server = server;
  }

  /** Starts one on a free port. */
  static ApiServer open(Dispatcher dispatcher, AccessRules rules) {
    Vertx vertx = Vertx.vertx();
    var options =
        new HttpServerOptions().setHost(ADDRESS).setPort(0).setHttp2ClearTextEnabled(false);
    HttpServer server = vertx.createHttpServer(options);
    var newcomers = new UnauthenticatedConnections(vertx);
    server.connectionHandler(newcomers::add);
    var admitted =
        new HttpServerRequestHandler(vertx) {
          @Override
          protected MockResponse onHttpRequest(RecordedRequest request) {
            return dispatcher.dispatch(request);
          }
        };
    server.requestHandler(
        request -> {
          AccessRules.Refusal refusal = rules.refusal(request);
          if (refusal == null) {
            newcomers.remove(request.connection());
            admit(request, admitted);
          } else {
            refuse(request, refusal);
          }
        });
    try {
      await(server.listen());
    } catch (RuntimeException e) {
      vertx.close();
      throw e;
    }
    return new ApiServer(vertx, server);
  }

  private static void admit(HttpServerRequest request, HttpServerRequestHandler handler) {
    if (request.headers().contains(HttpHeaders.EXPECT)) {
      request.response().writeContinue();
    }
    handler.handle(request);
  }

  /** Says why and hangs up, so that whatever body follows is never read. */
  private static void refuse(HttpServerRequest request, AccessRules.Refusal refusal) {
    String status =
        Serialization.asJson(
            new StatusBuilder()
                .withStatus("Failure")
                .withReason(refusal.reason())
                .withCode(refusal.code())
                .withMessage(refusal.message())
                .build());
    request
        .response()
        .setStatusCode(refusal.code())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .end(status)
        .onComplete(sent -> request.connection().close());
  }

  /** Where it listens. */
  int port() {
    return server.actualPort();
  }

  @Override
  public void close() {
    try {
      await(server.close());
    } finally {
      await(vertx.close());
    }
  }

  private static void await(Future<?> future) {
    try {
      future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("the API's server was interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the API's server: " + e.getMessage(), e);
    }
  }
}
