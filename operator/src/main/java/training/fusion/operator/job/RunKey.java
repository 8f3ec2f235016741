package training.fusion.operator.job;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Names one run of one training: a hash of its uid and {@code spec.runId}. A training that was
 * deleted and made anew has another uid, so it starts fresh. It stands in the names of Jobs and is
 * the run's folder on a checkpoint volume that many trainings may share, so it has some 50 bits.
 */
public record RunKey(String value) {
  private static final int LENGTH = 10;

  /** The key of the run that a training with this uid and runId asks for. */
  public static RunKey of(String uid, String runId) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((uid + "\n" + runId).getBytes(StandardCharsets.UTF_8));
      String digits = new BigInteger(1, hash).toString(Character.MAX_RADIX);
      return new RunKey(digits.substring(digits.length() - LENGTH));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
