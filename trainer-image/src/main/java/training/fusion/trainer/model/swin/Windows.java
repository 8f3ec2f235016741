package training.fusion.trainer.model.swin;

import java.util.ArrayList;
import java.util.List;

/**
 * The windows over a square of tokens, which is padded to whole ones.
 *
 * @param extent height and width of the square
 * @param window height and width of a window
 * @param shift by how many tokens the windows are moved; 0: not
 */
record Windows(int extent, int window, int shift) {
  /** The windows of a shifted layer: where one covers all, there is nothing to shift. */
  static Windows over(int extent, int window) {
    return new Windows(extent, window, extent <= window ? 0 : window / 2);
  }

  Windows unshifted() {
    return new Windows(extent, window, 0);
  }

  /** Windows along one side. */
  int across() {
    return (extent + window - 1) / window;
  }

  /** All of them. */
  int count() {
    return across() * across();
  }

  /** Height and width of the padded square. */
  int side() {
    return across() * window;
  }

  /** Tokens of a window. */
  int tokens() {
    return window * window;
  }

  /** For each pair of a window's tokens, the row of the table of relative positions. */
  List<Long> relativePositions() {
    List<Long> positions = new ArrayList<>(tokens() * tokens());
    for (int a = 0; a < tokens(); a++) {
      for (int b = 0; b < tokens(); b++) {
        int down = a / window - b / window + window - 1;
        int across = a % window - b % window + window - 1;
        positions.add((long) down * (2 * window - 1) + across);
      }
    }
    return List.copyOf(positions);
  }
}
