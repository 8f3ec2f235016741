package training.fusion.trainer.picture;

import java.io.ByteArrayOutputStream;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/**
 * Whether a JPEG brings all tables that its scans are decoded by. libjpeg keeps those of the
 * pictures that it has read, so a reader that has read others would lend it theirs: such a picture
 * gets a reader of its own. Of Huffman's tables the standard's are then meant, as in frames of
 * motion JPEG, unless it is progressive; without quantization there is no picture.
 */
final class JpegTables {
  private static final int BASELINE = 0xc0;
  private static final int EXTENDED = 0xc1;
  private static final int PROGRESSIVE = 0xc2;
  private static final int HUFFMAN = 0xc4;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int START_OF_SCAN = 0xda;
  private static final int QUANTIZATION = 0xdb;

  private final byte[] jpeg;
  private final BitSet quantization = new BitSet();
  private final BitSet direct = new BitSet();
  private final BitSet alternating = new BitSet();

  /** The table of quantization of each of the frame's components, by the component's name. */
  private final Map<Integer, Integer> quantized = new HashMap<>();

  private int frame;
  private boolean complete = true;

  private JpegTables(byte[] jpeg) {
    this.jpeg = jpeg;
  }

  /**
   * Reads a picture by its own tables alone.
   *
   * @param jpeg whose segments are in order up to its first scan
   * @throws DamagedPicture if it lacks a table of quantization, or is damaged
   */
  static Picture read(byte[] jpeg, JdkReader.Reading reading) throws DamagedPicture {
    var tables = new JpegTables(jpeg);
    try {
      tables.walk();
    } catch (IndexOutOfBoundsException e) {
      tables.complete = false; // its decoder says why
    }
    return tables.complete
        ? JdkReader.read("JPEG", jpeg, reading)
        : JdkReader.readAlone("JPEG", tables.withStandard(), reading);
  }

  private void walk() throws DamagedPicture {
    int at = 2;
    boolean more = true;
    while (more) {
      at = JpegHeader.marker(jpeg, at);
      int marker = jpeg[at + 1] & 0xff;
      if (marker == END_OF_IMAGE) {
        return;
      }
      if (JpegHeader.isAlone(marker)) {
        at += 2;
        continue;
      }
      int end = at + 2 + unsignedShort(at + 2);
      switch (marker) {
        case QUANTIZATION -> quantization(at + 4, end);
        case HUFFMAN -> huffman(at + 4, end);
        case START_OF_SCAN -> more = scan(at + 4, end) && JpegHeader.hasMarker(jpeg, end);
        default -> {
          if (JpegHeader.isFrame(marker)) {
            frame(marker, at + 4);
          }
        }
      }
      at = end;
    }
  }

  /** ITU-T T.81, B.2.4.1. */
  private void quantization(int from, int end) {
    int at = from;
    while (at < end) {
      quantization.set(jpeg[at] & 0xf);
      at += 1 + 64 * (1 + (jpeg[at] >> 4 & 0xf));
    }
  }

  /** ITU-T T.81, B.2.4.2. */
  private void huffman(int from, int end) {
    int at = from;
    while (at < end) {
      ((jpeg[at] >> 4 & 0xf) == 0 ? direct : alternating).set(jpeg[at] & 0xf);
      int codes = 0;
      for (int length = 1; length <= 16; length++) {
        codes += jpeg[at + length] & 0xff;
      }
      at += 17 + codes;
    }
  }

  /** ITU-T T.81, B.2.2. */
  private void frame(int marker, int from) {
    frame = marker;
    int components = jpeg[from + 5] & 0xff;
    for (int at = from + 6; at < from + 6 + 3 * components; at += 3) {
      quantized.put(jpeg[at] & 0xff, jpeg[at + 2] & 0xff);
    }
  }

  /**
   * ITU-T T.81, B.2.3.
   *
   * @return whether scans may follow
   */
  private boolean scan(int from, int end) throws DamagedPicture {
    int components = jpeg[from] & 0xff;
    boolean sequential = frame == BASELINE || frame == EXTENDED;
    boolean ofDirect = sequential || (jpeg[end - 3] == 0 && (jpeg[end - 1] >> 4 & 0xf) == 0);
    boolean ofAlternating = sequential || jpeg[end - 3] != 0;
    for (int at = from + 1; at < from + 1 + 2 * components; at += 2) {
      if (!quantization.get(quantized.getOrDefault(jpeg[at] & 0xff, 0))) {
        throw new DamagedPicture("it lacks a table of quantization");
      }
      if (sequential || frame == PROGRESSIVE) { // others have arithmetic codes
        complete &= !ofDirect || direct.get(jpeg[at + 1] >> 4 & 0xf);
        complete &= !ofAlternating || alternating.get(jpeg[at + 1] & 0xf);
      }
    }
    return complete && !(sequential && components == quantized.size());
  }

  private byte[] withStandard() {
    if (frame != BASELINE && frame != EXTENDED) {
      return jpeg;
    }
    var all = new ByteArrayOutputStream(jpeg.length + 432);
    all.write(jpeg, 0, 2);
    put(0x00, JPEGHuffmanTable.StdDCLuminance, all);
    put(0x01, JPEGHuffmanTable.StdDCChrominance, all);
    put(0x10, JPEGHuffmanTable.StdACLuminance, all);
    put(0x11, JPEGHuffmanTable.StdACChrominance, all);
    all.write(jpeg, 2, jpeg.length - 2);
    return all.toByteArray();
  }

  private static void put(int kind, JPEGHuffmanTable table, ByteArrayOutputStream target) {
    int length = 2 + 1 + 16 + table.getValues().length;
    target.writeBytes(
        new byte[] {(byte) 0xff, (byte) HUFFMAN, (byte) (length >> 8), (byte) length, (byte) kind});
    for (int i = 0; i < 16; i++) {
      target.write(i < table.getLengths().length ? table.getLengths()[i] : 0);
    }
    for (short value : table.getValues()) {
      target.write(value);
    }
  }

  private int unsignedShort(int at) {
    return (jpeg[at] & 0xff) << 8 | (jpeg[at + 1] & 0xff);
  }
}
