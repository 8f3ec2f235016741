package training.fusion.local.node;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import training.fusion.api.run.RunEnvironment;

/** What of this machine's own environment the processes of a run see. */
public final class OwnVariables {
  private static final Set<String> EVERYBODY =
      Set.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "JAVA_HOME", "JAVA_TOOL_OPTIONS");

  /** A person's own keys stand for secrets, which need a cluster: to S3, and to https. */
  private static final String S3 = "AWS_";

  private static final Set<String> HTTPS =
      Set.of(RunEnvironment.DATA_HTTPS_HEADER, RunEnvironment.WEIGHTS_HTTPS_HEADER);

  /** Her way to other servers; what the operator speaks to is all on this machine. */
  private static final Set<String> PROXIES =
      Set.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY");

  private OwnVariables() {}

  /** Takes out what is not for the operator. */
  public static void keep(Map<String, String> environment) {
    keep(environment, EVERYBODY::contains);
  }

  /** Takes out what is not for a trainer. */
  static void keepForTrainer(Map<String, String> environment) {
    keep(
        environment,
        name ->
            EVERYBODY.contains(name)
                || HTTPS.contains(name)
                || name.equals(RunEnvironment.PICTURES_BYTES)
                || PROXIES.contains(name.toUpperCase(Locale.ROOT))
                || name.startsWith(S3));
  }

  private static void keep(Map<String, String> environment, Predicate<String> kept) {
    environment.keySet().removeIf(name -> !kept.test(name));
  }
}
