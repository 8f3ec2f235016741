package training.fusion.operator.job;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;

/**
 * Names one run of one training: a hash of its uid, {@code spec.runId} and all else in the spec
 * that a run holds. A training that was deleted and made anew has another uid, so it starts fresh;
 * one that is changed before it has begun is another run, in a folder of its own. It stands in the
 * names of Jobs and is the run's folder on a checkpoint volume that many trainings may share, so it
 * has some 50 bits.
 */
public record RunKey(String value) {
  private static final int LENGTH = 10;

  /**
   * The key of the run that a training asks for. A run that has begun keeps the one that it has,
   * and so does a training whose spec is as it was observed: an API server of another version may
   * complete the same spec otherwise.
   */
  public static RunKey of(FusionTraining training) {
    String uid = training.getMetadata().getUid();
    String runId = Objects.requireNonNullElse(training.getSpec().runId(), "");
    FusionTrainingStatus status = training.getStatus();
    String known = status == null ? null : status.runKey();
    if (known != null && runId.equals(Objects.requireNonNullElse(status.runId(), ""))) {
      boolean observed =
          Objects.equals(status.observedGeneration(), training.getMetadata().getGeneration());
      if (observed || holdsItsSpec(status) || known.equals(former(uid, runId))) {
        return new RunKey(known);
      }
    }
    return hashed(uid + "\n" + runId + "\n" + HeldSpec.text(training.getSpec()));
  }

  private static boolean holdsItsSpec(FusionTrainingStatus status) {
    return Boolean.TRUE.equals(status.begun());
  }

  /** As it was before a spec could change without a new runId: such a run has its spec for good. */
  private static String former(@Nullable String uid, String runId) {
    return hashed(uid + "\n" + runId).value();
  }

  private static RunKey hashed(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
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
