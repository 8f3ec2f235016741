package training.fusion.trainer.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code torch.save}'s format before PyTorch 1.6: pickles of a magic number, a version, the
 * machine, the object and the storages' names, then each storage after the number of its elements.
 * It has no checksums.
 */
final class LegacyTorchFile {
  /** The pickle of the magic number 0x1950a86a20f9469cfc6c. */
  private static final byte[] MAGIC = {
    (byte) 0x80,
    2,
    (byte) 0x8A,
    10,
    0x6C,
    (byte) 0xFC,
    (byte) 0x9C,
    0x46,
    (byte) 0xF9,
    0x20,
    0x6A,
    (byte) 0xA8,
    0x50,
    0x19,
    '.'
  };

  private static final long VERSION = 1001;

  private final ByteBuffer file;
  private final List<?> keys;
  private final int storagesBegin;

  private LegacyTorchFile(ByteBuffer file, List<?> keys) {
    this.file = file;
    this.keys = keys;
    this.storagesBegin = file.position();
  }

  static boolean isOne(ByteBuffer file) {
    return file.limit() >= MAGIC.length
        && file.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  static WeightsFile read(Path path, ByteBuffer whole) throws UnreadableWeights {
    ByteBuffer in = whole.duplicate().position(MAGIC.length);
    if (!Pickle.read(in).equals(VERSION)) {
      throw new UnreadableWeights("it has another version of the old format than 1001");
    }
    if (!(Pickle.read(in) instanceof Map<?, ?> machine)
        || !Boolean.TRUE.equals(machine.get("little_endian"))) {
      throw new UnreadableWeights("its numbers are not little-endian");
    }
    Map<String, PickledStorage> named = new HashMap<>();
    Object object = Pickle.read(in, named);
    if (!(Pickle.read(in) instanceof List<?> keys)) {
      throw new UnreadableWeights("its list of storages is damaged");
    }
    Map<String, ByteBuffer> storages = new LegacyTorchFile(in, keys).storages(named);
    return new WeightsFile(
        path,
        UnpickledCheckpoint.stateDicts(object, view -> storage(storages, view)),
        UnpickledCheckpoint.metadata(object));
  }

  /** Where each storage is; its length follows from the pickle that names it. */
  private Map<String, ByteBuffer> storages(Map<String, PickledStorage> named)
      throws UnreadableWeights {
    Map<String, ByteBuffer> storages = new HashMap<>();
    long at = storagesBegin;
    for (Object key : keys) {
      PickledStorage storage = key instanceof String name ? named.get(name) : null;
      if (storage == null || storage.type().bytes() == 0) {
        throw new UnreadableWeights("its storage %s is of no tensor".formatted(key));
      }
      long bytes = Math.multiplyExact(storage.elements(), storage.type().bytes());
      if (bytes < 0
          || at + Long.BYTES + bytes > file.limit()
          || file.order(ByteOrder.LITTLE_ENDIAN).getLong((int) at) != storage.elements()) {
        throw new UnreadableWeights(
            "it ends too early, or its storage %s is damaged".formatted(key));
      }
      at += Long.BYTES;
      storages.put(storage.key(), file.slice((int) at, (int) bytes).order(ByteOrder.LITTLE_ENDIAN));
      at += bytes;
    }
    return storages;
  }

  private static ByteBuffer storage(Map<String, ByteBuffer> storages, TensorView view)
      throws UnreadableWeights {
    ByteBuffer storage = storages.get(view.storage());
    if (storage == null || storage.remaining() != view.elements() * view.type().bytes()) {
      throw new UnreadableWeights("its storage %s is damaged".formatted(view.storage()));
    }
    return storage;
  }
}
