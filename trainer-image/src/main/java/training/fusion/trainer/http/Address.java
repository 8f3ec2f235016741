package training.fusion.trainer.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses as they may be shown: in a log, on a page, on a tracking server. */
public final class Address {
  private static final Pattern PARTS =
      Pattern.compile("(?i)(https?://)(?:[^/?#]*@)?([^?#]*)([?#].*)?", Pattern.DOTALL);

  private Address() {}

  /**
   * Without what may be a key: a user and password before the host, a signature in the query. What
   * is no HTTP address is given back as it is.
   */
  public static String shown(String text) {
    Matcher parts = PARTS.matcher(text);
    return parts.matches() ? parts.group(1) + parts.group(2) : text;
  }
}
