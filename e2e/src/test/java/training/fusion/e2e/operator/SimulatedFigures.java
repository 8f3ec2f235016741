package training.fusion.e2e.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.Metrics.Split;

/** What the simulated trainer of {@code e2e/stages/pod.yaml} says of a training with this name. */
public record SimulatedFigures(String training) {
  private static final int EPOCHS = 3;
  private static final int DIGITS = 3;

  /** The model's evaluation on the test set. */
  public Metrics test() {
    return metrics(Split.TEST, EPOCHS, "test");
  }

  /** The evaluation on validation after the last epoch. */
  public Metrics validation() {
    return validation(EPOCHS);
  }

  /** The evaluation on validation after an epoch, 1 to 3. */
  public Metrics validation(int epoch) {
    return metrics(Split.VALIDATION, epoch, "epoch " + epoch);
  }

  /** sha256 of the model. */
  public String modelSha256() {
    return sha256("model");
  }

  private Metrics metrics(Split split, int epoch, String of) {
    return new Metrics(
        split,
        epoch,
        figure(of + " accuracy"),
        figure(of + " loss"),
        figure(of + " f1"),
        figure(of + " weightedF1"));
  }

  private double figure(String what) {
    String digits = sha256(what).replaceAll("[^0-9]", "");
    return Integer.parseInt(digits.substring(0, DIGITS)) / 1000.0;
  }

  private String sha256(String what) {
    return sha256Of(training + " " + what);
  }

  /** In hexadecimal digits, as the stages write it. */
  public static String sha256Of(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
