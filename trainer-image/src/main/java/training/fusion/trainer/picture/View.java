package training.fusion.trainer.picture;

import training.fusion.trainer.picture.Picture.Box;

/**
 * What is wanted of a picture, said when its extent is known and before its samples are: no more of
 * it than that need ever be in memory.
 */
public interface View {
  /** The picture as it is. */
  View WHOLE = Scaling::none;

  /** Next to nothing of it: for who wants to know whether it can be decoded. */
  View NOTHING = (height, width) -> Scaling.cut(new Box(0, 0, 1, 1));

  /** How a picture of these pixels is cut and scaled; asked once for each picture. */
  Scaling of(int height, int width);
}
