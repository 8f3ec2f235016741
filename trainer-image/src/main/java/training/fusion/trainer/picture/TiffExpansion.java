package training.fusion.trainer.picture;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import training.fusion.trainer.picture.TiffHeader.Compression;

/**
 * The bytes of a strip or tile as they were before they were compressed, all of them: the JDK's
 * decoder of TIFF leaves zeros where data end too early.
 */
final class TiffExpansion {
  /** More times its length than data can grow: LZW's longest words come to some 2,600. */
  private static final long MOST_GROWTH = 4096;

  private static final String TOO_EARLY = "it ends within a strip or tile";

  private final byte[] content;
  private final int end;
  private final byte[] out;
  private int at;
  private int filled;

  private TiffExpansion(byte[] content, int offset, int length, int expected) {
    this.content = content;
    this.at = offset;
    this.end = offset + length;
    this.out = new byte[expected];
  }

  /** Refuses data that cannot become so many bytes, before any memory is taken for these. */
  static void check(Compression compression, byte[] content, int offset, int length, int expected)
      throws DamagedPicture {
    boolean as = compression == Compression.NONE;
    int stored = as ? expected : length;
    if (offset < 0 || stored < 0 || offset > content.length - stored) {
      throw new DamagedPicture(TOO_EARLY);
    }
    if (!as && expected > MOST_GROWTH * length) {
      throw new DamagedPicture(TOO_EARLY);
    }
  }

  /**
   * Expands a strip or tile.
   *
   * @param expected how many bytes it is to have; more are left out
   * @throws DamagedPicture if there are fewer
   */
  static byte[] of(Compression compression, byte[] content, int offset, int length, int expected)
      throws DamagedPicture {
    check(compression, content, offset, length, expected);
    if (compression == Compression.NONE) {
      return Arrays.copyOfRange(content, offset, offset + expected);
    }
    var expansion = new TiffExpansion(content, offset, length, expected);
    switch (compression) {
      case LZW -> expansion.lzw();
      case DEFLATE -> expansion.deflate();
      case PACK_BITS -> expansion.packBits();
      default -> throw new IllegalArgumentException(compression + " is no such compression");
    }
    if (expansion.filled < expected) {
      throw new DamagedPicture(TOO_EARLY);
    }
    return expansion.out;
  }

  private void deflate() throws DamagedPicture {
    var inflater = new Inflater();
    try {
      inflater.setInput(content, at, end - at);
      byte[] further = new byte[1];
      while (!inflater.finished()) {
        // what comes after the last byte has the check sum
        int count =
            filled < out.length
                ? inflater.inflate(out, filled, out.length - filled)
                : inflater.inflate(further);
        filled = Math.min(out.length, filled + count);
        if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          return;
        }
      }
    } catch (DataFormatException e) {
      throw new DamagedPicture("its Deflate data are not valid", e);
    } finally {
      inflater.end();
    }
  }

  /** TIFF 6.0, section 9: a length, then bytes as they are; or a negative one, and one byte. */
  private void packBits() {
    while (filled < out.length && at < end) {
      int length = content[at++];
      if (length >= 0) {
        int count = Math.min(Math.min(length + 1, end - at), out.length - filled);
        System.arraycopy(content, at, out, filled, count);
        at += length + 1;
        filled += count;
      } else if (length != Byte.MIN_VALUE && at < end) {
        int to = Math.min(out.length, filled + 1 - length);
        Arrays.fill(out, filled, to, content[at++]);
        filled = to;
      }
    }
  }

  private static final int CODES = 4096;
  private static final int CLEAR = 256;
  private static final int FINISH = 257;

  /**
   * TIFF 6.0, section 13: codes from their highest bit on, which become longer one code before they
   * must.
   */
  private void lzw() throws DamagedPicture {
    int[] starts = new int[CODES]; // a word is what lies in the output: where, and how long
    int[] lengths = new int[CODES];
    int next = FINISH + 1;
    int width = 9;
    int before = -1;
    int beforeAt = 0;
    int beforeLength = 0;
    int bits = 0;
    int have = 0;
    while (filled < out.length) {
      while (have < width) {
        if (at >= end) {
          return;
        }
        bits = bits << 8 | (content[at++] & 0xff);
        have += 8;
      }
      have -= width;
      int code = bits >> have & (1 << width) - 1;
      bits &= (1 << have) - 1;
      if (code == FINISH) {
        return;
      }
      if (code == CLEAR) {
        next = FINISH + 1;
        width = 9;
        before = -1;
        continue;
      }
      if (code >= next && (before < 0 || code > next || next == CODES)) {
        throw new DamagedPicture("its LZW data are not valid");
      }
      if (before >= 0 && next < CODES) {
        starts[next] = beforeAt; // with the first byte of this word, which comes just after it
        lengths[next] = beforeLength + 1;
        next++;
      }
      int start = filled;
      int length = code < CLEAR ? 1 : lengths[code];
      if (code < CLEAR) {
        out[filled++] = (byte) code;
      } else {
        for (int i = 0; i < length && filled < out.length; i++) { // it may reach into itself
          out[filled++] = out[starts[code] + i];
        }
      }
      before = code;
      beforeAt = start;
      beforeLength = length;
      if (next == (1 << width) - 1 && width < 12) {
        width++;
      }
    }
  }
}
