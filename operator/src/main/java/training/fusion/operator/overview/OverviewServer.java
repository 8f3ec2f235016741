package training.fusion.operator.overview;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.quarkus.runtime.Startup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.configuration.OperatorConfiguration;
import training.fusion.page.Page;

/**
 * Serves the page, on the loopback interface alone: in a cluster {@code kubectl port-forward}, and
 * the rights that it asks for, are the way in. Nothing is changed by any request, and what is asked
 * by another name than the loopback interface's, as a page elsewhere could have it by DNS
 * rebinding, is refused.
 */
@Singleton
@Startup
class OverviewServer {
  private static final Logger LOG = Logger.getLogger(OverviewServer.class);
  private static final String LOOPBACK = "127.0.0.1";
  private static final Set<String> NAMES = Set.of("localhost", LOOPBACK, "[::1]");

  /** Longer than the longest pause of a viewer's stream. */
  private static final int IDLE_SECONDS = 60;

  private static final int LONGEST_HEAD = 8192;

  private static final Map<String, String> HEADERS =
      Map.of(
          "Cache-Control", "no-store",
          "Referrer-Policy", "no-referrer",
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY");

  private final Vertx vertx;
  private final Viewers viewers;
  private final Details details;
  private final String page = Page.html(OverviewServer.class, "overview", "");

  @Inject
  OverviewServer(
      OperatorConfiguration configuration, Vertx vertx, Viewers viewers, Details details) {
    this(vertx, viewers, details);
    var overview = configuration.overview();
    overview
        .port()
        .ifPresent(
            port ->
                serve(port, overview.secret().orElse(null))
                    .onSuccess(server -> LOG.infof("overview on port %d", server.actualPort()))
                    // trainings go on without it
                    .onFailure(e -> LOG.warnf("no overview: port %d: %s", port, e.getMessage())));
  }

  OverviewServer(Vertx vertx, Viewers viewers, Details details) {
    this.vertx = vertx;
    this.viewers = viewers;
    this.details = details;
  }

  /**
   * Begins to serve.
   *
   * @param secret first part of each path, if there is one
   */
  Future<HttpServer> serve(int port, @Nullable String secret) {
    Router router = Router.router(vertx);
    router.route().handler(OverviewServer::guard);
    if (secret == null) {
      addRoutes(router);
    } else {
      Router inner = Router.router(vertx);
      addRoutes(inner);
      router.route("/" + secret + "/*").subRouter(inner);
    }
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setHost(LOOPBACK)
                .setPort(port)
                .setMaxHeaderSize(LONGEST_HEAD)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setHttp2ClearTextEnabled(false))
        .requestHandler(router)
        .listen();
  }

  private void addRoutes(Router router) {
    router.get("/").handler(this::page);
    router.get("/events").handler(this::events);
    router
        .get("/trainings/:namespace/:name")
        .handler(
            context -> json(context, () -> details.training(namespace(context), name(context))));
    router
        .get("/sweeps/:namespace/:name")
        .handler(context -> json(context, () -> details.sweep(namespace(context), name(context))));
    router.get("/sweeps/:namespace/:name/report").handler(this::report);
  }

  private static void guard(RoutingContext context) {
    context.response().headers().addAll(HEADERS);
    String host = context.request().getHeader(HttpHeaders.HOST);
    if (host == null || !NAMES.contains(host.replaceFirst(":\\d*$", ""))) {
      refuse(context, HttpURLConnection.HTTP_FORBIDDEN, "this page is asked for as localhost");
    } else if (!context.request().method().equals(HttpMethod.GET)) {
      refuse(context, HttpURLConnection.HTTP_BAD_METHOD, "this page is only read");
    } else {
      context.next();
    }
  }

  private void page(RoutingContext context) {
    html(context.response(), page);
  }

  private void events(RoutingContext context) {
    HttpServerResponse response =
        context
            .response()
            .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
            .setChunked(true);
    viewers.join(response);
  }

  private void report(RoutingContext context) {
    answer(
        context,
        () -> details.report(namespace(context), name(context)),
        report -> html(context.response(), report));
  }

  private <T> void json(RoutingContext context, Callable<Optional<T>> value) {
    answer(
        context,
        () -> value.call().map(Serialization::asJson),
        text ->
            context.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(text));
  }

  /** Asks where it may take time, and answers. */
  private <T> void answer(RoutingContext context, Callable<Optional<T>> value, Consumer<T> found) {
    vertx
        .executeBlocking(value, false)
        .onFailure(
            failure -> {
              LOG.warnf("%s: %s", context.request().path(), failure.getMessage());
              refuse(
                  context,
                  HttpURLConnection.HTTP_UNAVAILABLE,
                  "the API server did not give it; try again");
            })
        .onSuccess(
            result ->
                result.ifPresentOrElse(
                    found,
                    () -> refuse(context, HttpURLConnection.HTTP_NOT_FOUND, "there is none")));
  }

  private static void html(HttpServerResponse response, String page) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=UTF-8").end(page);
  }

  private static void refuse(RoutingContext context, int code, String why) {
    context
        .response()
        .setStatusCode(code)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=UTF-8")
        .end(why + "\n");
  }

  private static String namespace(RoutingContext context) {
    return context.pathParam("namespace");
  }

  private static String name(RoutingContext context) {
    return context.pathParam("name");
  }
}
