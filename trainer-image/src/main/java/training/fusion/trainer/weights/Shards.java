package training.fusion.trainer.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/**
 * Weights in several files, as {@code save_pretrained} leaves what is larger than its {@code
 * max_shard_size}: {@code model-00001-of-00003.safetensors} and so on, beside an index that says
 * which tensor is in which.
 */
record Shards(Path index, Map<String, String> fileByTensor) {
  private static final Pattern INDEX = Pattern.compile(".+\\.(safetensors|bin)\\.index\\.json");
  private static final Pattern PART =
      Pattern.compile("(.+)-(\\d+)-of-(\\d+)\\.(safetensors|bin|pth?)");
  private static final Pattern FILE_NAME = Pattern.compile("\\w[\\w.-]*");
  private static final ObjectMapper JSON = new ObjectMapper();

  static boolean isIndex(Path path) {
    return INDEX.matcher(WeightsFile.name(path)).matches();
  }

  static boolean isPart(Path path) {
    return PART.matcher(WeightsFile.name(path)).matches();
  }

  /** One part alone is not enough, unless it is the only one. */
  static void refusePart(Path path) {
    Matcher part = PART.matcher(WeightsFile.name(path));
    if (part.matches() && !part.group(3).matches("0*1")) {
      throw WeightsFile.badWeights(
          "%s is part %d of %d of its weights; let model.pretrained.source name the folder of all of them, or their index (%s.%s.index.json)"
              .formatted(
                  path,
                  new BigInteger(part.group(2)),
                  new BigInteger(part.group(3)),
                  part.group(1),
                  part.group(4)));
    }
  }

  /**
   * Reads an index.
   *
   * @throws TrainingFailure naming it, if it is none, or names files that are not beside it
   */
  static Shards of(Path index) {
    Map<String, String> files = new LinkedHashMap<>();
    try {
      PlainFile.check(index);
      JsonNode map = JSON.readTree(index.toFile()).path("weight_map");
      map.properties().forEach(tensor -> files.put(tensor.getKey(), tensor.getValue().asText()));
    } catch (JsonProcessingException e) {
      throw WeightsFile.badWeights("%s is not valid JSON".formatted(index));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(index, e);
    }
    for (String file : files.values()) {
      if (!FILE_NAME.matcher(file).matches()) {
        throw WeightsFile.badWeights(
            "%s names %s, which is not the name of a file beside it".formatted(index, file));
      }
    }
    if (files.isEmpty()) {
      throw WeightsFile.badWeights("%s has no weight_map that names files".formatted(index));
    }
    return new Shards(index, files);
  }

  /** All parts as one file. */
  WeightsFile joined() {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String name : new TreeSet<>(fileByTensor.values())) {
      WeightsFile part = WeightsFile.openWhole(index.resolveSibling(name));
      tensors.putAll(part.stateDicts().get(0).tensors());
      metadata.putAll(part.metadata());
    }
    fileByTensor.forEach(
        (tensor, file) -> {
          if (!tensors.containsKey(tensor)) {
            throw WeightsFile.badWeights(
                "%s has no tensor %s, which %s says it has"
                    .formatted(index.resolveSibling(file), tensor, index));
          }
        });
    return new WeightsFile(index, List.of(new StateDict("", tensors, Map.of())), metadata);
  }
}
