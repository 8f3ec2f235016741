package training.fusion.api.resource;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.DATE;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.INTEGER;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.NUMBER;
import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.STRING;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.generator.annotation.ValidationRule;
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
@ValidationRule(
    value = "self.metadata.name.size() <= 40 && !self.metadata.name.contains('.')",
    message =
        "metadata.name stands in the names of Jobs and pods; choose at most 40 characters, without dots")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state", type = STRING)
@AdditionalPrinterColumn(
    name = "Optimizer",
    jsonPath = ".status.optimization.summary",
    type = STRING)
@AdditionalPrinterColumn(name = "Epoch", jsonPath = ".status.progress.epoch", type = INTEGER)
@AdditionalPrinterColumn(name = "Accuracy", jsonPath = ".status.metrics.accuracy", type = NUMBER)
@AdditionalPrinterColumn(name = "Loss", jsonPath = ".status.metrics.loss", type = NUMBER)
@AdditionalPrinterColumn(name = "F1", jsonPath = ".status.metrics.f1", type = NUMBER)
// a column of type date shows how long ago a time was, and "<invalid>" for one to come
@AdditionalPrinterColumn(
    name = "ETA",
    jsonPath = ".status.progress.estimatedCompletionTime",
    type = STRING)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = DATE)
@AdditionalPrinterColumn(
    name = "Images/s",
    jsonPath = ".status.progress.imagesPerSecond",
    type = NUMBER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Restarts",
    jsonPath = ".status.restarts",
    type = INTEGER,
    priority = 1)
@AdditionalPrinterColumn(name = "Node", jsonPath = ".status.node", type = STRING, priority = 1)
@AdditionalSelectableField(jsonPath = ".status.state")
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
