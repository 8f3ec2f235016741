package training.fusion.operator.connection;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.vertx.core.impl.transports.JDKTransport;

/**
 * Vert.x' own transport, whose servers are {@link BoundedServerChannel}s. It is found as a service
 * where {@code quarkus.vertx.prefer-native-transport} is true.
 */
public final class BoundedTransport extends JDKTransport {
  /**
   * Reports are answered in milliseconds, on connections of their own; one that was not read to its
   * end takes some 15 KiB, with TLS 50.
   */
  private static final int MOST = 500;

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return () -> new BoundedServerChannel(MOST);
  }
}
