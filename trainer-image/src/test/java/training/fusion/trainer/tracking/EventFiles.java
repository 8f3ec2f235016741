package training.fusion.trainer.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** A folder of event files, as TensorBoard's loaders take it: in the order of the files' names. */
record EventFiles(Path folder) {
  private static final int STEP = 2;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final byte[] START = {8, 1};

  /** Who reads them. All let a SessionLog START make void what is known of its step and later. */
  enum Loader {
    /** TensorBoard's own, in Python: the first START of a run is none of a restart. */
    PYTHON,
    /** The binary data server, and {@code EventAccumulator}, which programs use. */
    BINARY
  }

  /** A figure at a step. */
  record Point(long step, float value) {}

  private record Event(long step, boolean start, String tag, float value) {}

  /** What a loader shows of a figure. */
  List<Point> points(String tag, Loader loader) throws IOException {
    List<Point> points = new ArrayList<>();
    boolean started = loader == Loader.BINARY;
    for (Path file : files()) {
      for (byte[] record : records(file)) {
        Event event = event(record);
        if (event.start && started) {
          points.removeIf(point -> point.step >= event.step);
        }
        started |= event.start;
        if (event.tag.equals(tag)) {
          points.add(new Point(event.step, event.value));
        }
      }
    }
    return points;
  }

  /** How often a tag stands there, in whatever file. */
  int count(String tag) throws IOException {
    int count = 0;
    for (Path file : files()) {
      for (byte[] record : records(file)) {
        count += event(record).tag.equals(tag) ? 1 : 0;
      }
    }
    return count;
  }

  /** Makes the only file one of an earlier trainer, which wrote no START there. */
  void withoutStart() throws IOException {
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    int start = framed(records(file).get(0));
    int end = start + framed(records(file).get(1));
    byte[] rest = Arrays.copyOfRange(bytes, end, bytes.length);
    Files.write(file, Arrays.copyOf(bytes, start));
    Files.write(file, rest, java.nio.file.StandardOpenOption.APPEND);
  }

  private static int framed(byte[] record) {
    return Long.BYTES + Integer.BYTES + record.length + Integer.BYTES;
  }

  List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** The data of a file's records, whose checksums are checked. */
  static List<byte[]> records(Path file) throws IOException {
    var records = new ArrayList<byte[]>();
    try (var bytes = new DataInputStream(Files.newInputStream(file))) {
      for (byte[] length = bytes.readNBytes(8); length.length > 0; length = bytes.readNBytes(8)) {
        assertThat(Integer.reverseBytes(bytes.readInt())).isEqualTo(masked(length));
        long size =
            Long.reverseBytes(new DataInputStream(new ByteArrayInputStream(length)).readLong());
        byte[] data = bytes.readNBytes((int) size);
        assertThat(Integer.reverseBytes(bytes.readInt())).isEqualTo(masked(data));
        records.add(data);
      }
    }
    return records;
  }

  private static int masked(byte[] data) {
    Checksum crc = new CRC32C();
    crc.update(data);
    long value = crc.getValue();
    return (int) (((value >>> 15) | (value << 17)) + 0xa282ead8L);
  }

  private static Event event(byte[] record) throws IOException {
    CodedInputStream event = CodedInputStream.newInstance(record);
    long step = 0;
    boolean start = false;
    byte[] value = {};
    for (int tag = event.readTag(); tag != 0; tag = event.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case STEP -> step = event.readInt64();
        case SESSION_LOG -> start = Arrays.equals(START, event.readByteArray());
        case SUMMARY -> value = field(event.readByteArray(), 1);
        default -> event.skipField(tag);
      }
    }
    CodedInputStream figure = CodedInputStream.newInstance(value);
    String name = "";
    float number = 0;
    for (int tag = figure.readTag(); tag != 0; tag = figure.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> name = figure.readString();
        case 2 -> number = figure.readFloat();
        default -> figure.skipField(tag);
      }
    }
    return new Event(step, start, name, number);
  }

  private static byte[] field(byte[] message, int number) throws IOException {
    CodedInputStream fields = CodedInputStream.newInstance(message);
    int tag = fields.readTag();
    assertThat(WireFormat.getTagFieldNumber(tag)).isEqualTo(number);
    return fields.readByteArray();
  }
}
