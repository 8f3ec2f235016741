package training.fusion.trainer.sample;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Digests of rows, and of equal ones which one each is. Of many millions of rows: numbers, not
 * texts, are kept.
 */
final class RowDigests {
  /** Enough that no two rows have the same by chance. */
  private static final int BYTES = 12;

  private final long[] begins;
  private final int[] ends;

  /** For each row how many before it are the same. */
  private final int[] before;

  RowDigests(int rows) {
    begins = new long[rows];
    ends = new int[rows];
    before = new int[rows];
  }

  /** Keeps the beginning of a row's digest. */
  void put(int row, byte[] digest) {
    ByteBuffer bytes = ByteBuffer.wrap(digest, 0, BYTES);
    begins[row] = bytes.getLong();
    ends[row] = bytes.getInt();
  }

  /** Counts equal ones, once all are there. */
  void count() {
    // half as many places again as rows: from the one that its digest names on, the first that is
    // free, or has the latest row with the same digest, is a row's
    int[] places = new int[(int) Math.min(begins.length * 3L / 2 + 1, Integer.MAX_VALUE - 8)];
    for (int row = 0; row < begins.length; row++) {
      int place = (int) Long.remainderUnsigned(begins[row], places.length);
      while (places[place] != 0 && !same(places[place] - 1, row)) {
        place = place + 1 == places.length ? 0 : place + 1;
      }
      if (places[place] != 0) {
        before[row] = before[places[place] - 1] + 1;
      }
      places[place] = row + 1;
    }
  }

  private boolean same(int one, int other) {
    return begins[one] == begins[other] && ends[one] == ends[other];
  }

  /** In words: the digest, and after the first of several which one it is. */
  String key(int row) {
    HexFormat hex = HexFormat.of();
    String key = hex.toHexDigits(begins[row]) + hex.toHexDigits(ends[row]);
    return before[row] == 0 ? key : key + "-" + before[row];
  }
}
