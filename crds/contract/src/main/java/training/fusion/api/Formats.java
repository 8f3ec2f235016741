package training.fusion.api;

/**
 * Formats of Kubernetes' own values, as regular expressions. What breaks one would be refused
 * later, with the Job; or could not be read at all, such as an empty quantity.
 */
public final class Formats {
  /**
   * A quantity that a resource may have: not negative, of a magnitude that can be computed with.
   * Digits, a decimal point, a unit or an exponent (apimachinery's pkg/api/resource).
   */
  public static final String QUANTITY =
      "^\\+?([0-9]{1,30}(\\.[0-9]{0,30})?|\\.[0-9]{1,30})([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$";

  /** Name of an object: a DNS subdomain (RFC 1123), of at most 253 characters. */
  public static final String NAME =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

  /** The same where Kubernetes takes the empty string for none. */
  public static final String NAME_OR_EMPTY =
      "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$";

  /** Name of a volume or a namespace: a DNS label (RFC 1123), of at most 63 characters. */
  public static final String DNS_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** Key of a label, a taint or an extended resource: a name, before it a domain or not. */
  public static final String LABEL_KEY =
      "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";

  /** The same where the empty string stands for every key. */
  public static final String LABEL_KEY_OR_EMPTY =
      "^(([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";

  /** Value of a label, of at most 63 characters; it may be empty. */
  public static final String LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";

  /** Key of a ConfigMap or a Secret, of at most 253 characters. */
  public static final String CONFIG_KEY = "^[-._a-zA-Z0-9]+$";

  /** Name of an environment variable: printable ASCII without an equals sign. */
  public static final String VARIABLE = "^[ -<>-~]+$";

  private Formats() {}
}
