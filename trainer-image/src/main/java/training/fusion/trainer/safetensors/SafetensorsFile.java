package training.fusion.trainer.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A file that is open for reading; values are mapped into memory, each tensor when asked for. */
public final class SafetensorsFile implements AutoCloseable {
  /** The reference reader's bound on the header. */
  private static final long LARGEST_HEADER = 100_000_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Entry(TensorHeader header, long begin) {}

  private final FileChannel channel;
  private final SortedMap<String, String> metadata = new TreeMap<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private SafetensorsFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws IOException if it cannot be read, or is no whole safetensors file; the message says why
   */
  public static SafetensorsFile open(Path path) throws IOException {
    var channel = FileChannel.open(path, StandardOpenOption.READ);
    var file = new SafetensorsFile(channel);
    try {
      file.readHeader();
      return file;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw new IOException("%s is not a safetensors file: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** The header's strings. */
  public SortedMap<String, String> metadata() {
    return Collections.unmodifiableSortedMap(metadata);
  }

  /** All tensors in the order of the header. */
  public List<TensorHeader> tensors() {
    return entries.values().stream().map(Entry::header).toList();
  }

  /**
   * A tensor's values, row-major, little-endian; valid as long as the buffer is reachable.
   *
   * @throws IOException if there is no such tensor
   */
  public ByteBuffer values(String name) throws IOException {
    Entry entry = entry(name);
    return channel
        .map(FileChannel.MapMode.READ_ONLY, entry.begin, entry.header.bytes())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Where in the file a tensor's values begin.
   *
   * @throws IOException if there is no such tensor
   */
  public long begin(String name) throws IOException {
    return entry(name).begin;
  }

  private Entry entry(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IOException("there is no tensor " + name);
    }
    return entry;
  }

  private void readHeader() throws IOException {
    long headerBytes = read(0, Long.BYTES).getLong();
    long dataBytes = channel.size() - Long.BYTES - headerBytes;
    if (headerBytes < 2 || headerBytes > LARGEST_HEADER || dataBytes < 0) {
      throw new IOException("its header would be %d bytes long".formatted(headerBytes));
    }
    JsonNode header = parse(read(Long.BYTES, (int) headerBytes));
    for (var field : header.properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        readEntry(field.getKey(), field.getValue(), Long.BYTES + headerBytes, dataBytes);
      }
    }
  }

  private void readEntry(String name, JsonNode node, long dataBegin, long dataBytes)
      throws IOException {
    List<Long> shape = new ArrayList<>();
    node.path("shape").forEach(size -> shape.add(size.asLong(-1)));
    long begin = node.path("data_offsets").path(0).asLong(-1);
    long end = node.path("data_offsets").path(1).asLong(-1);
    TensorHeader header;
    try {
      header = new TensorHeader(name, ElementType.valueOf(node.path("dtype").asText("")), shape);
    } catch (IllegalArgumentException e) {
      throw new IOException(name + " has an unknown dtype " + node.path("dtype"), e);
    }
    boolean sizesAreValid = shape.stream().allMatch(size -> size >= 0);
    if (!sizesAreValid || begin < 0 || end > dataBytes || end - begin != header.bytes()) {
      throw new IOException(
          "%s is said to be at bytes %d to %d of %d, with shape %s"
              .formatted(name, begin, end, dataBytes, shape));
    }
    entries.put(name, new Entry(header, dataBegin + begin));
  }

  private static JsonNode parse(ByteBuffer bytes) throws IOException {
    try {
      JsonNode header = JSON.readTree(StandardCharsets.UTF_8.decode(bytes).toString());
      if (header == null || !header.isObject()) {
        throw new IOException("its header is no JSON object");
      }
      return header;
    } catch (JsonProcessingException e) {
      throw new IOException("its header is not valid JSON", e);
    }
  }

  private ByteBuffer read(long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("it ends within its header");
      }
    }
    return buffer.flip();
  }

  /** Mapped values stay valid. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
