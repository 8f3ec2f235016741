package training.fusion.api.resource;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** One training of an image classifier; its status carries accuracy, loss and F1. */
@Group(FusionTraining.GROUP)
@Version(FusionTraining.VERSION)
@Kind(FusionTraining.KIND)
@Plural("fusiontrainings")
@Singular("fusiontraining")
@ShortNames("ft")
public class FusionTraining extends CustomResource<FusionTrainingSpec, FusionTrainingStatus>
    implements Namespaced {
  /** API group. */
  public static final String GROUP = "fusion.training";

  /** API version. */
  public static final String VERSION = "v1alpha1";

  /** Kind. */
  public static final String KIND = "FusionTraining";

  private static final long serialVersionUID = 1;

  @Override
  protected @Nullable FusionTrainingSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable FusionTrainingStatus initStatus() {
    return null;
  }
}
