package training.fusion.trainer.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/**
 * The proxy that the environment names, as for curl: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, else
 * {@code ALL_PROXY}, in lower case first, except for what {@link NoProxy} covers. Where a system
 * property such as {@code https.proxyHost} names one, Java's own selection counts instead.
 */
public final class EnvironmentProxies extends ProxySelector {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final @Nullable InetSocketAddress forHttp;
  private final @Nullable InetSocketAddress forHttps;
  private final NoProxy direct;

  private EnvironmentProxies(
      @Nullable InetSocketAddress forHttp, @Nullable InetSocketAddress forHttps, NoProxy direct) {
    this.forHttp = forHttp;
    this.forHttps = forHttps;
    this.direct = direct;
  }

  /**
   * The proxies of an environment.
   *
   * @throws TrainingFailure BadConfiguration if what a variable says is no proxy that can be used
   */
  public static EnvironmentProxies of(Map<String, String> environment) {
    return new EnvironmentProxies(
        proxy("HTTP_PROXY", environment),
        proxy("HTTPS_PROXY", environment),
        NoProxy.of(variable("NO_PROXY", environment).orElse("")));
  }

  private static @Nullable InetSocketAddress proxy(String name, Map<String, String> environment) {
    return variable(name, environment)
        .map(text -> address(name, text))
        .or(() -> variable("ALL_PROXY", environment).map(text -> address("ALL_PROXY", text)))
        .orElse(null);
  }

  private static Optional<String> variable(String name, Map<String, String> environment) {
    return Stream.of(name.toLowerCase(Locale.ROOT), name)
        .map(environment::get)
        .filter(text -> text != null && !text.isBlank())
        .map(String::strip)
        .findFirst();
  }

  /** Without the text in the message: it may hold a password. */
  private static InetSocketAddress address(String variable, String text) {
    try {
      URI uri = new URI(text.contains("://") ? text : "http://" + text);
      if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
        // the name is looked up at each connection
        return InetSocketAddress.createUnresolved(
            NoProxy.withoutBrackets(uri.getHost()), uri.getPort() < 0 ? HTTP : uri.getPort());
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw TrainingFailure.badConfiguration(
        variable
            + " in the trainer's environment is no proxy of the form http://host:port, the only"
            + " kind that can be used; correct it, or unset it in spec.pod.env");
  }

  @Override
  public List<Proxy> select(URI uri) {
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    ProxySelector javas = ProxySelector.getDefault();
    if (javas != null && isSetByProperty(secure ? "https" : "http")) {
      return javas.select(uri);
    }
    InetSocketAddress proxy = secure ? forHttps : forHttp;
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? HTTPS : HTTP;
    return proxy == null || direct.covers(uri.getHost(), port)
        ? List.of(Proxy.NO_PROXY)
        : List.of(new Proxy(Proxy.Type.HTTP, proxy));
  }

  private static boolean isSetByProperty(String scheme) {
    return System.getProperty(scheme + ".proxyHost") != null
        || System.getProperty("socksProxyHost") != null
        || Boolean.getBoolean("java.net.useSystemProxies");
  }

  @Override
  public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {
    // whoever asked is told by the connection itself
  }
}
