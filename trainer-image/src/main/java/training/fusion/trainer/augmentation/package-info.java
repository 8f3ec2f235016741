/** Random changes to training pictures, byte for byte those of torchvision on Pillow's pictures. */
@NullMarked
package training.fusion.trainer.augmentation;

import org.jspecify.annotations.NullMarked;
