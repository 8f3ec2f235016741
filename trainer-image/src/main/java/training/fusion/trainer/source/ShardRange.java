package training.fusion.trainer.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.shard.BraceExpansion;

/**
 * An address that may stand for many, such as {@code s3://bucket/set/{train,val}-{000..099}.tar}.
 *
 * @param folder what all have in common, up to the last {@code /} of it
 * @param names of each in that folder, parts divided by {@code /}
 * @param field that has the address, for messages
 */
record ShardRange(String folder, List<String> names, String field) {
  private static final int MOST = 1_000_000;

  ShardRange {
    names = List.copyOf(names);
  }

  /**
   * Of an address as it is written.
   *
   * @throws TrainingFailure if it stands for too many
   */
  static ShardRange of(String address, String field) {
    try {
      List<String> all = BraceExpansion.of(address, MOST);
      int brace = address.indexOf('{');
      String common = all.size() > 1 && brace >= 0 ? address.substring(0, brace) : address;
      String folder = common.substring(0, common.lastIndexOf('/') + 1);
      return new ShardRange(
          folder, all.stream().map(one -> one.substring(folder.length())).toList(), field);
    } catch (BraceExpansion.TooMany e) {
      throw TrainingFailure.badConfiguration("%s %s".formatted(field, e.getMessage()));
    }
  }

  /** Whether it stands for itself. */
  boolean isOne() {
    return names.size() == 1;
  }

  /**
   * Those of a bucket's objects that it stands for, in its order; all, if it stands for itself.
   *
   * @throws TrainingFailure naming those that are missing
   */
  List<S3Bucket.Item> of(List<S3Bucket.Item> items) {
    if (isOne()) {
      return items;
    }
    Map<String, S3Bucket.Item> byPath =
        items.stream().collect(Collectors.toMap(S3Bucket.Item::path, Function.identity()));
    List<S3Bucket.Item> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      S3Bucket.Item item = byPath.get(name);
      if (item == null) {
        missing.add(name);
      } else {
        found.add(item);
      }
    }
    if (!missing.isEmpty()) {
      throw TrainingFailure.badConfiguration(
          "%s: %d of its %d shards are not in %s, %s the first; put them there, or correct the range"
              .formatted(field, missing.size(), names.size(), folder, missing.get(0)));
    }
    return found;
  }
}
