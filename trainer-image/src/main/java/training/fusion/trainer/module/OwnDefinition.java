package training.fusion.trainer.module;

import java.util.Map;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureDefinition;
import training.fusion.trainer.model.architecture.Variant;

/** What nobody can say of somebody's own network, and need not. */
interface OwnDefinition extends ArchitectureDefinition {
  /** None of it is used: a module has its epsilons and padding in it. */
  @Override
  default Variant variant() {
    return new Variant(1e-5, Variant.Padding.SYMMETRIC);
  }

  @Override
  default Map<String, Double> epsilons(Variant variant) {
    return Map.of();
  }

  /** Not known: nobody has measured it. */
  @Override
  default double activationBytes(int imageSize, Precision precision) {
    return 1;
  }
}
