package training.fusion.trainer.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code NO_PROXY} leaves out, as Go reads it (<a
 * href="https://pkg.go.dev/golang.org/x/net/http/httpproxy">httpproxy</a>), and so most of a
 * cluster: names with all below them, {@code .name} with only those, addresses, ranges as {@code
 * 10.0.0.0/8}, each but ranges with a port if one likes, {@code *} for everything. This machine
 * itself is never reached by a proxy.
 */
record NoProxy(List<Entry> entries) {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "BYTE(\\.BYTE){3}|[0-9a-f:][0-9a-f:.]*:[0-9a-f:.]*"
              .replace("BYTE", "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"));
  private static final Pattern WITH_PORT = Pattern.compile("\\[?([^\\[\\]]*?)]?:(\\d+)");

  /** One of the list's. */
  private interface Entry {
    boolean covers(String host, @Nullable InetAddress address, int port);
  }

  /** The entries of a list, divided by commas. */
  static NoProxy of(String list) {
    return new NoProxy(
        Arrays.stream(list.split(","))
            .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
            .filter(entry -> !entry.isEmpty())
            .map(NoProxy::entry)
            .toList());
  }

  /**
   * @param host as in a URI, an address of IPv6 in brackets
   */
  boolean covers(String host, int port) {
    String name = withoutBrackets(host.toLowerCase(Locale.ROOT));
    InetAddress address = address(name);
    return name.equals("localhost")
        || (address != null && address.isLoopbackAddress())
        || entries.stream().anyMatch(entry -> entry.covers(name, address, port));
  }

  private static Entry entry(String text) {
    if (text.equals("*")) {
      return (host, address, port) -> true;
    }
    int slash = text.indexOf('/');
    if (slash > 0) {
      return range(address(text.substring(0, slash)), text.substring(slash + 1));
    }
    boolean isAddress = address(text) != null; // one of IPv6 ends as if in a port
    Matcher withPort = WITH_PORT.matcher(text);
    boolean hasPort = !isAddress && withPort.matches();
    int only = hasPort ? Integer.parseInt(withPort.group(2)) : -1;
    String what = hasPort ? withPort.group(1) : text;
    if (what.isEmpty()) {
      return (host, address, port) -> false;
    }
    InetAddress asked = address(what);
    Entry entry = asked == null ? name(what) : (host, address, port) -> asked.equals(address);
    return (host, address, port) -> (only < 0 || only == port) && entry.covers(host, address, port);
  }

  private static Entry name(String text) {
    String name = text.startsWith("*.") ? text.substring(1) : text;
    boolean onlyBelow = name.startsWith(".");
    String end = onlyBelow ? name : "." + name;
    return (host, address, port) -> host.endsWith(end) || (!onlyBelow && host.equals(name));
  }

  private static Entry range(@Nullable InetAddress network, String length) {
    if (network == null || !length.matches("\\d{1,3}")) {
      return (host, address, port) -> false;
    }
    byte[] first = network.getAddress();
    int bits = Integer.parseInt(length);
    return (host, address, port) ->
        address != null && bits <= 8 * first.length && begins(address.getAddress(), first, bits);
  }

  private static boolean begins(byte[] address, byte[] network, int bits) {
    if (address.length != network.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> bit % 8;
      if (((address[bit / 8] ^ network[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** An address that is written as one; names are never looked up. */
  private static @Nullable InetAddress address(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
