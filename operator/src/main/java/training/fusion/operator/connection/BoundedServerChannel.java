package training.fusion.operator.connection;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes every connection, and closes the oldest one where there are too many. Refusing the newest
 * would leave all to those who connect and say nothing; so probes and reports, which are short, get
 * through beside them.
 */
final class BoundedServerChannel extends NioServerSocketChannel {
  private final int most;
  private final Set<Channel> open = new LinkedHashSet<>();

  BoundedServerChannel(int most) {
    this.most = most;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int count = super.doReadMessages(accepted);
    for (Object connection : accepted.subList(accepted.size() - count, accepted.size())) {
      count((Channel) connection);
    }
    return count;
  }

  private void count(Channel connection) {
    Channel oldest = null;
    synchronized (open) {
      open.add(connection);
      if (open.size() > most) {
        Iterator<Channel> inOrder = open.iterator();
        oldest = inOrder.next();
        inOrder.remove();
      }
    }
    connection.closeFuture().addListener(closed -> forget(connection));
    if (oldest != null) {
      var unused = oldest.close(); // nobody waits for it
    }
  }

  private void forget(Channel connection) {
    synchronized (open) {
      open.remove(connection);
    }
  }
}
