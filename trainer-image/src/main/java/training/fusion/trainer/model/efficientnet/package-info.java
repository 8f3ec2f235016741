/** EfficientNetV2: mobile inverted bottlenecks with batch norms. */
@NullMarked
package training.fusion.trainer.model.efficientnet;

import org.jspecify.annotations.NullMarked;
