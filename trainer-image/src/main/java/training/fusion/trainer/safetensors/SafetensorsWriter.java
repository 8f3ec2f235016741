package training.fusion.trainer.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import training.fusion.trainer.Sha256;

/**
 * Writes a file: a 64-bit length, a JSON header with each tensor's type, shape and place, then the
 * values. The same tensors and metadata always give the same bytes.
 */
public final class SafetensorsWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SafetensorsWriter() {}

  /**
   * Writes the file and flushes it to the device.
   *
   * @param file must not exist yet
   * @param metadata strings for the header
   * @return the file's size and hash
   */
  public static FileDigest write(
      Path file, SortedMap<String, String> metadata, List<TensorSource> tensors)
      throws IOException {
    // wide elements first, then by name: every tensor is aligned, as the reference writer does it
    List<TensorSource> ordered =
        tensors.stream()
            .sorted(
                Comparator.comparingInt((TensorSource t) -> -t.header().type().bytes())
                    .thenComparing(t -> t.header().name()))
            .toList();
    MessageDigest sha256 = Sha256.begin();
    long size = 0;
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      size += write(channel, sha256, header(metadata, ordered));
      for (TensorSource tensor : ordered) {
        ByteBuffer values = tensor.values().read();
        if (values.remaining() != tensor.header().bytes()) {
          throw new IllegalArgumentException(
              "%s has %d bytes of values instead of %d"
                  .formatted(tensor.header().name(), values.remaining(), tensor.header().bytes()));
        }
        size += write(channel, sha256, values);
      }
      channel.force(true);
    }
    return FileDigest.of(size, sha256);
  }

  private static ByteBuffer header(SortedMap<String, String> metadata, List<TensorSource> tensors)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = header.putObject("__metadata__");
      metadata.forEach(strings::put);
    }
    long offset = 0;
    for (TensorSource tensor : tensors) {
      TensorHeader description = tensor.header();
      ObjectNode entry = header.putObject(description.name());
      entry.put("dtype", description.type().name());
      var shape = entry.putArray("shape");
      description.shape().forEach(shape::add);
      entry.putArray("data_offsets").add(offset).add(offset += description.bytes());
    }
    if (header.size() != tensors.size() + (metadata.isEmpty() ? 0 : 1)) {
      throw new IllegalArgumentException("two tensors have the same name");
    }
    byte[] text = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return ByteBuffer.allocate(Long.BYTES + padded.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded.length)
        .put(padded)
        .flip();
  }

  private static long write(FileChannel channel, MessageDigest sha256, ByteBuffer bytes)
      throws IOException {
    sha256.update(bytes.duplicate());
    long written = 0;
    while (bytes.hasRemaining()) {
      written += channel.write(bytes);
    }
    return written;
  }
}
