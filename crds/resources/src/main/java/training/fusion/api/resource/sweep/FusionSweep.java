package training.fusion.api.resource.sweep;

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
import training.fusion.api.resource.FusionTraining;

/** A matrix of trainings; its status carries mean and standard deviation of each group of seeds. */
@Group(FusionTraining.GROUP)
@Version(FusionTraining.VERSION)
@Kind(FusionSweep.KIND)
@Plural("fusionsweeps")
@Singular("fusionsweep")
@ShortNames("fs")
@ValidationRule(
    value = "self.metadata.name.size() <= 29 && !self.metadata.name.contains('.')",
    message =
        "metadata.name begins the names of trials; choose at most 29 characters, without dots")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state", type = STRING)
@AdditionalPrinterColumn(name = "Trials", jsonPath = ".status.trials.total", type = INTEGER)
@AdditionalPrinterColumn(name = "Running", jsonPath = ".status.trials.running", type = INTEGER)
@AdditionalPrinterColumn(name = "Succeeded", jsonPath = ".status.trials.succeeded", type = INTEGER)
@AdditionalPrinterColumn(name = "Failed", jsonPath = ".status.trials.failed", type = INTEGER)
@AdditionalPrinterColumn(name = "Rung", jsonPath = ".status.search.rung", type = STRING)
@AdditionalPrinterColumn(name = "Best", jsonPath = ".status.best.optimization", type = STRING)
@AdditionalPrinterColumn(
    name = "Accuracy",
    jsonPath = ".status.best.validation.accuracy.mean",
    type = NUMBER)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = DATE)
@AdditionalPrinterColumn(
    name = "Report",
    jsonPath = ".status.report.configMap",
    type = STRING,
    priority = 1)
@AdditionalSelectableField(jsonPath = ".status.state")
public class FusionSweep extends CustomResource<FusionSweepSpec, FusionSweepStatus>
    implements Namespaced {
  /** Kind. */
  public static final String KIND = "FusionSweep";

  private static final long serialVersionUID = 1;

  @Override
  protected @Nullable FusionSweepSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable FusionSweepStatus initStatus() {
    return null;
  }
}
