package training.fusion.trainer.picture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a JPEG has before its first scan.
 *
 * @param tables segments that samples are decoded by: the frame's header, quantization, Huffman
 * @param scan where the first scan's marker is
 */
record JpegHeader(JpegColours colours, List<Segment> tables, int scan) {
  private static final int PROGRESSIVE = 0xc2;
  private static final int START_OF_IMAGE = 0xd8;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int START_OF_SCAN = 0xda;
  private static final int FIRST_APPLICATION = 0xe0;
  private static final int ADOBE = 0xee;
  private static final int LAST_APPLICATION = 0xef;
  private static final int COMMENT = 0xfe;

  /** Data that JFIF's and Adobe's segments have at least; libjpeg passes over shorter ones. */
  private static final int JFIF_LENGTH = 14;

  private static final int ADOBE_LENGTH = 12;

  /** A segment, its marker included. */
  record Segment(int start, int end) {}

  /**
   * Walks the segments as libjpeg does: bytes before a marker, and those that fill, are passed
   * over.
   *
   * @throws DamagedPicture if there is no scan, or none that a frame's header comes before
   */
  static JpegHeader of(byte[] content) throws DamagedPicture {
    List<Segment> tables = new ArrayList<>();
    byte[] names = null;
    boolean jfif = false;
    OptionalInt adobe = OptionalInt.empty();
    int at = 2;
    while (true) {
      at = marker(content, at);
      int marker = content[at + 1] & 0xff;
      if (marker == START_OF_SCAN && names != null) {
        return new JpegHeader(JpegColours.of(names, jfif, adobe), tables, at);
      }
      if (marker == START_OF_SCAN || marker == START_OF_IMAGE || marker == END_OF_IMAGE) {
        throw new DamagedPicture("its segments are in disorder");
      }
      if (isAlone(marker)) {
        at += 2;
        continue;
      }
      var segment = segment(content, at);
      int data = at + 4;
      int length = segment.end - data;
      if (marker == FIRST_APPLICATION) {
        jfif |= length >= JFIF_LENGTH && starts(content, data, "JFIF\0");
      } else if (marker == ADOBE) {
        if (length >= ADOBE_LENGTH && starts(content, data, "Adobe")) {
          adobe = OptionalInt.of(content[data + 11] & 0xff);
        }
      } else if ((marker < FIRST_APPLICATION || marker > LAST_APPLICATION) && marker != COMMENT) {
        tables.add(segment);
        if (isFrame(marker)) {
          names = names(content, segment);
        }
      }
      at = segment.end;
    }
  }

  /** Whether its samples come in scans that refine each other (ITU-T T.81, table B.1). */
  boolean isProgressive(byte[] content) {
    return tables.stream().anyMatch(segment -> (content[segment.start + 1] & 0xff) == PROGRESSIVE);
  }

  /**
   * The same picture with one marker that says what its colours are, and no other that could:
   * decoders guess by different rules, apply profiles, and stumble over what is in them.
   */
  byte[] plain(byte[] content) {
    var plain = new ByteArrayOutputStream(content.length + 32);
    plain.write(content, 0, 2);
    plain.writeBytes(colours.marker());
    for (Segment segment : tables) {
      plain.write(content, segment.start, segment.end - segment.start);
    }
    plain.write(content, scan, content.length - scan);
    return plain.toByteArray();
  }

  /** Where the next marker is: 0xFF before a byte that is neither 0 nor 0xFF. */
  static int marker(byte[] content, int from) throws DamagedPicture {
    int at = nextMarker(content, from);
    if (at < 0) {
      throw tooShort();
    }
    return at;
  }

  /** Whether there is one. */
  static boolean hasMarker(byte[] content, int from) {
    return nextMarker(content, from) >= 0;
  }

  private static int nextMarker(byte[] content, int from) {
    for (int at = from; at + 1 < content.length; at++) {
      int next = content[at + 1] & 0xff;
      if ((content[at] & 0xff) == 0xff && next != 0 && next != 0xff) {
        return at;
      }
    }
    return -1;
  }

  private static Segment segment(byte[] content, int at) throws DamagedPicture {
    if (at + 4 > content.length) {
      throw tooShort();
    }
    int length = ((content[at + 2] & 0xff) << 8) | (content[at + 3] & 0xff);
    int end = at + 2 + Math.max(2, length);
    if (end > content.length) {
      throw tooShort();
    }
    return new Segment(at, end);
  }

  /** The components' names, three bytes apart (ITU-T T.81, B.2.2). */
  private static byte[] names(byte[] content, Segment frame) throws DamagedPicture {
    int count = frame.end - frame.start < 10 ? 0 : content[frame.start + 9] & 0xff;
    if (frame.end - frame.start != 10 + 3 * count) {
      throw new DamagedPicture("its frame's header has a wrong length");
    }
    byte[] names = new byte[count];
    for (int i = 0; i < count; i++) {
      names[i] = content[frame.start + 10 + 3 * i];
    }
    return names;
  }

  /** SOF0 to SOF15, without the tables DHT, JPG and DAC among them (ITU-T T.81, table B.1). */
  static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  static boolean isAlone(int marker) {
    return (marker >= 0xd0 && marker <= 0xd7) || marker == 0x01;
  }

  private static boolean starts(byte[] content, int at, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    return Arrays.equals(content, at, at + wanted.length, wanted, 0, wanted.length);
  }

  private static DamagedPicture tooShort() {
    return new DamagedPicture("it ends before the picture's header");
  }
}
