/** Where a training's figures go while it runs: the page, TensorBoard, MLflow. */
@NullMarked
package training.fusion.trainer.tracking;

import org.jspecify.annotations.NullMarked;
