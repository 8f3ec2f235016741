package training.fusion.local.api;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Connections that have not shown the secret yet: so many at a time and for so long. Whoever opens
 * more pushes out who came first, so that a crowd can't keep the operator out.
 */
final class UnauthenticatedConnections {
  static final int MOST = 64;
  private static final long PATIENCE_MILLISECONDS = 10_000;

  private final Vertx vertx;
  private final Set<HttpConnection> waiting = new LinkedHashSet<>();

  UnauthenticatedConnections(Vertx vertx) {
    this.vertx = vertx;
  }

  synchronized void add(HttpConnection connection) {
    if (waiting.size() >= MOST) {
      Iterator<HttpConnection> first = waiting.iterator();
      first.next().close();
      first.remove();
    }
    waiting.add(connection);
    connection.closeHandler(closed -> remove(connection));
    vertx.setTimer(
        PATIENCE_MILLISECONDS,
        late -> {
          if (remove(connection)) {
            connection.close();
          }
        });
  }

  /** It has shown the secret, or is gone; false if it was no newcomer. */
  synchronized boolean remove(HttpConnection connection) {
    return waiting.remove(connection);
  }
}
