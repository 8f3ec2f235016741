package training.fusion.operator.sweep;

import java.util.Objects;
import training.fusion.operator.resource.Refusal;

/** Something of a sweep's was refused, or has a name that another has: told, and asked again. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Refusal refusal;

  Refused(Refusal refusal) {
    super(refusal.message());
    this.refusal = refusal;
  }

  Refusal refusal() {
    return Objects.requireNonNull(refusal);
  }
}
