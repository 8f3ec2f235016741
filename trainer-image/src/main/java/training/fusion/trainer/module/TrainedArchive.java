package training.fusion.trainer.module;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipOutputStream;
import training.fusion.trainer.model.StoredEntries;
import training.fusion.trainer.safetensors.TensorSource;
import training.fusion.trainer.weights.TensorView;

/** Somebody's own network with the weights that it was trained to: its file with other numbers. */
public final class TrainedArchive {
  private static final String ROOT = "model/";

  private TrainedArchive() {}

  /**
   * Writes it, and flushes the stream without closing it.
   *
   * @param metadata JSON
   * @param weights parameters and buffers by their first names
   */
  public static void write(
      OutputStream out, ModuleFile file, String metadata, List<TensorSource> weights)
      throws IOException {
    Map<String, TensorSource> byName = new HashMap<>();
    weights.forEach(source -> byName.put(source.header().name(), source));
    Map<String, ScriptedTensor> trained = new HashMap<>();
    for (ScriptedTensor tensor : file.modules().all()) {
      trained.put("data/" + tensor.view().storage(), tensor);
    }
    var zip = new ZipOutputStream(out);
    for (String name : file.archive().names()) {
      boolean ofTheFile = name.startsWith(".data/") && !name.equals(ModuleFile.NEWER_VERSION);
      if (ofTheFile || name.startsWith("extra/") || name.endsWith("/")) {
        continue;
      }
      ByteBuffer before = file.entry(name);
      ScriptedTensor tensor = trained.get(name);
      TensorSource source = tensor == null ? null : byName.get(tensor.name());
      StoredEntries.store(
          zip,
          ROOT + name,
          tensor == null || source == null
              ? before
              : put(tensor.view(), before, source.values().read()));
    }
    StoredEntries.store(
        zip,
        ROOT + "extra/metadata.json",
        ByteBuffer.wrap(metadata.getBytes(StandardCharsets.UTF_8)));
    zip.finish();
    out.flush();
  }

  /** A storage in which a tensor has other values: its elements lie as its strides say. */
  private static ByteBuffer put(TensorView view, ByteBuffer before, ByteBuffer values) {
    if (view.offset() == 0
        && view.strides().equals(TensorView.rowMajor(view.shape()))
        && values.remaining() == before.remaining()) {
      return values;
    }
    int size = view.type().bytes();
    ByteBuffer storage = ByteBuffer.allocate(before.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    storage.put(before.duplicate()).clear();
    int dimensions = view.shape().size();
    long[] index = new long[dimensions];
    int from = values.position();
    for (int count = values.remaining() / size; count > 0; count--, from += size) {
      long element = view.offset();
      for (int d = 0; d < dimensions; d++) {
        element += index[d] * view.strides().get(d);
      }
      storage.put((int) element * size, values, from, size);
      for (int d = dimensions - 1; d >= 0; d--) {
        if (++index[d] < view.shape().get(d)) {
          break;
        }
        index[d] = 0;
      }
    }
    return storage;
  }
}
