package training.fusion.trainer.tracking;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file: TensorFlow's {@code Event} messages (tensorflow/core/util/event.proto),
 * each framed as a TFRecord. A run has one file per attempt; a torn last record of a killed one
 * does no harm.
 */
final class EventFile implements AutoCloseable {
  private static final Pattern NAME =
      Pattern.compile("events\\.out\\.tfevents\\.(\\d{10})\\.fusion\\.\\d{4,9}");

  // fields of Event
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  // fields of Summary.Value
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;
  private static final int TENSOR = 8;
  private static final int METADATA = 9;

  private static final int SESSION_START = 1;
  private static final int DT_STRING = 7;

  private final FileChannel channel;
  private final InstantSource clock;

  private EventFile(FileChannel channel, InstantSource clock) {
    this.channel = channel;
    this.clock = clock;
  }

  private interface Fields {
    void write(CodedOutputStream message) throws IOException;
  }

  /**
   * Begins a new file, whose name comes after those that are there: readers take the files in the
   * order of their names, also if an earlier one is of a machine whose clock was ahead.
   *
   * <p>Every file has its SessionLog START, a run's first too: TensorBoard's loader in Python takes
   * the first one that it meets for no restart, and lets it make nothing void. Earlier trainers'
   * first files have none, so a file that is not the first has two.
   *
   * @param folder is made if it is not there
   * @param firstStep from 1; what earlier files say of this step and later ones is void
   */
  static EventFile create(Path folder, long firstStep, InstantSource clock) throws IOException {
    Files.createDirectories(folder);
    long newest = newest(folder);
    long seconds = Math.max(clock.instant().getEpochSecond(), newest);
    int number = 0;
    Path path;
    do {
      path = folder.resolve("events.out.tfevents.%010d.fusion.%04d".formatted(seconds, number++));
    } while (Files.exists(path));
    var channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    var file = new EventFile(channel, clock);
    file.event(0, event -> event.writeString(FILE_VERSION, "brain.Event:2"));
    byte[] start = message(log -> log.writeEnum(1, SESSION_START));
    for (int i = 0; i < (newest == 0 ? 1 : 2); i++) {
      file.event(firstStep, event -> event.writeByteArray(SESSION_LOG, start));
    }
    return file;
  }

  /** Whether there are files of earlier attempts. */
  static boolean areIn(Path folder) throws IOException {
    return Files.isDirectory(folder) && newest(folder) > 0;
  }

  /** The second that the last file's name has; 0 if there is none. */
  private static long newest(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> NAME.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(name -> Long.parseLong(name.group(1)))
          .max()
          .orElse(0);
    }
  }

  /** A figure at a step. */
  void scalar(String tag, long step, double value) throws IOException {
    summary(step, tag, v -> v.writeFloat(SIMPLE_VALUE, (float) value));
  }

  /** A text, shown as Markdown. */
  void text(String tag, long step, String text) throws IOException {
    byte[] dimension = message(d -> d.writeInt64(1, 1));
    byte[] shape = message(s -> s.writeByteArray(2, dimension));
    byte[] tensor =
        message(
            t -> {
              t.writeEnum(1, DT_STRING);
              t.writeByteArray(2, shape);
              t.writeString(8, text);
            });
    byte[] plugin = message(p -> p.writeString(1, "text"));
    byte[] metadata = message(m -> m.writeByteArray(1, plugin));
    summary(
        step,
        tag,
        v -> {
          v.writeByteArray(TENSOR, tensor);
          v.writeByteArray(METADATA, metadata);
        });
  }

  private void summary(long step, String tag, Fields content) throws IOException {
    byte[] value =
        message(
            v -> {
              v.writeString(TAG, tag);
              content.write(v);
            });
    byte[] summary = message(s -> s.writeByteArray(1, value));
    event(step, event -> event.writeByteArray(SUMMARY, summary));
  }

  private void event(long step, Fields content) throws IOException {
    Instant now = clock.instant();
    record(
        message(
            event -> {
              event.writeDouble(WALL_TIME, now.toEpochMilli() / 1e3);
              event.writeInt64(STEP, step);
              content.write(event);
            }));
  }

  private static byte[] message(Fields fields) throws IOException {
    var bytes = new ByteArrayOutputStream();
    CodedOutputStream message = CodedOutputStream.newInstance(bytes);
    fields.write(message);
    message.flush();
    return bytes.toByteArray();
  }

  /** TFRecord: length, its checksum, data, its checksum; little-endian. */
  private void record(byte[] data) throws IOException {
    ByteBuffer record =
        ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length);
    record.putInt(maskedChecksum(record.array(), Long.BYTES));
    record.put(data).putInt(maskedChecksum(data, data.length)).flip();
    while (record.hasRemaining()) {
      channel.write(record);
    }
  }

  /** CRC-32C, rotated and shifted, so that data which holds checksums has good ones too. */
  private static int maskedChecksum(byte[] data, int count) {
    var crc = new CRC32C();
    crc.update(data, 0, count);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
