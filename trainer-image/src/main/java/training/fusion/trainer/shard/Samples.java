package training.fusion.trainer.shard;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The members of one tar, brought together by their keys. WebDataset takes those together that
 * follow each other; here they may also lie apart.
 */
final class Samples {
  private final SampleFields fields;
  private final Map<String, Map<String, Member>> samples = new LinkedHashMap<>();
  private final Map<String, Member> members = new HashMap<>();

  /**
   * A file in the tar.
   *
   * @param content null: not read yet
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Member(String name, long offset, long length, byte @Nullable [] content) {}

  /** Reads a label. */
  interface Labels {
    /** The class that a member says, one text for each. */
    String of(String extension, Member member) throws DamagedShard;
  }

  Samples(SampleFields fields) {
    this.fields = fields;
  }

  void add(Member member) throws DamagedShard {
    members.put(plain(member.name), member);
    MemberName name = MemberName.of(member.name);
    if (name != null
        && samples
                .computeIfAbsent(name.key(), key -> new LinkedHashMap<>(4))
                .putIfAbsent(name.extension(), member)
            != null) {
      throw DamagedShard.of(
          "the sample %s has the extension %s twice; give each sample a key of its own, without a dot",
          name.key(), name.extension());
    }
  }

  /** Another name of a file before it. */
  void link(String name, String to) throws DamagedShard {
    Member original = members.get(plain(to));
    if (original == null) {
      throw DamagedShard.of("the member %s is a link to %s, which is no file before it", name, to);
    }
    add(new Member(name, original.offset, original.length, original.content));
  }

  private static String plain(String name) {
    return name.startsWith("./") ? name.substring(2) : name;
  }

  int count() {
    return samples.size();
  }

  /** The pictures of all samples that have one, with their labels. */
  List<Shard.Picture> pictures(Labels labels) throws DamagedShard {
    List<Shard.Picture> pictures = new ArrayList<>();
    for (var sample : samples.entrySet()) {
      Member picture = picture(sample.getKey(), sample.getValue());
      if (picture != null) {
        pictures.add(
            new Shard.Picture(
                picture.name.getBytes(StandardCharsets.UTF_8),
                picture.offset,
                picture.length,
                label(picture, sample.getValue(), labels)));
      }
    }
    return pictures;
  }

  /** Keys of samples without a picture. */
  List<String> withoutPicture() {
    return samples.entrySet().stream()
        .filter(sample -> sample.getValue().keySet().stream().noneMatch(fields::isPicture))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** All extensions that a few samples have, for messages. */
  String extensions() {
    return samples.values().stream()
        .limit(100)
        .flatMap(sample -> sample.keySet().stream())
        .distinct()
        .limit(10)
        .collect(Collectors.joining(", "));
  }

  private @Nullable Member picture(String key, Map<String, Member> sample) throws DamagedShard {
    List<String> found = sample.keySet().stream().filter(fields::isPicture).toList();
    if (found.size() > 1) {
      throw DamagedShard.of(
          "the sample %s has several pictures, %s; set dataset.shards.pictureExtension to the one that is meant",
          key, String.join(" and ", found));
    }
    return found.isEmpty() ? null : sample.get(found.get(0));
  }

  private String label(Member picture, Map<String, Member> sample, Labels labels)
      throws DamagedShard {
    for (String extension : fields.labels()) {
      Member label = sample.get(extension);
      if (label != null) {
        return labels.of(extension, label);
      }
    }
    throw DamagedShard.of(
        "the picture %s has no label: its sample has no member that ends in .%s, only %s; add it, or set dataset.shards.labelExtension to the one that has the class",
        picture.name, String.join(" or .", fields.labels()), String.join(", ", sample.keySet()));
  }
}
