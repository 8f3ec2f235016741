package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.shard.BraceExpansion;

/**
 * Which tar files have the samples of which part: those that the spec names, or all that lie in the
 * folder, by the words of their names and their folders' ({@code imagenet-train-000000.tar}, {@code
 * val/000000.tar}). Where no name says to train on, those that say nothing are.
 *
 * @param remarks what lies there and is not used: sentences
 */
record ShardParts(Map<PartRole, List<Path>> shards, List<String> remarks) {
  private static final int MOST = 1_000_000;
  private static final String TAR = ".tar";
  private static final Pattern COMPRESSED =
      Pattern.compile("(?i).*\\.(?:tgz|tbz2?|txz|tar\\.(?:gz|bz2|xz|zst))");
  private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\d{1,9})(\\D*)");

  /**
   * Finds them; none is opened.
   *
   * @throws TrainingFailure naming the shard that is missing, or of which it is not clear where it
   *     belongs
   */
  static ShardParts find(Path root, Dataset.@Nullable Shards asked, Listing listing) {
    ShardParts parts =
        asked == null || asked.train() == null ? listed(root, listing) : named(root, asked);
    if (parts.shards.isEmpty()) {
      throw TrainingFailure.badData(
          "%s has no tar files; shards as WebDataset writes them are expected, such as train-000000.tar, each with samples of KEY.jpg and KEY.cls"
              .formatted(root));
    }
    return parts;
  }

  /** Those of a part; none, if there is no such part. */
  List<Path> of(PartRole role) {
    return shards.getOrDefault(role, List.of());
  }

  private static ShardParts named(Path root, Dataset.Shards asked) {
    Map<PartRole, List<Path>> shards = new EnumMap<>(PartRole.class);
    Map<Path, String> fields = new HashMap<>();
    named(root, asked.train(), PartRole.TRAIN, shards, fields);
    named(root, asked.validation(), PartRole.VALIDATION, shards, fields);
    named(root, asked.test(), PartRole.TEST, shards, fields);
    return new ShardParts(shards, List.of());
  }

  private static void named(
      Path root,
      @Nullable String pattern,
      PartRole role,
      Map<PartRole, List<Path>> shards,
      Map<Path, String> fields) {
    if (pattern == null) {
      return;
    }
    String field = "dataset.shards." + role.name().toLowerCase(Locale.ROOT);
    Set<Path> found = new LinkedHashSet<>();
    List<String> missing = new ArrayList<>();
    List<String> names = expanded(pattern, field);
    for (String name : names) {
      Path path = below(root, name, field);
      if (Files.isDirectory(path)) {
        found.addAll(
            tars(
                path,
                FolderTree.list(path, FolderReading.CURRENT, ShardParts::isTar, new Listing())));
      } else if (Files.exists(path)) {
        found.add(path);
      } else {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw TrainingFailure.badData(
          "%s: %d of the %d shards of %s are not in %s: %s; put them there, or correct the range"
              .formatted(
                  field,
                  missing.size(),
                  names.size(),
                  pattern,
                  root,
                  PictureFolder.shortened(missing)));
    }
    for (Path shard : found) {
      String other = fields.putIfAbsent(shard, field);
      if (other != null) {
        throw TrainingFailure.badData(
            "%s is a shard of both %s and %s; a picture belongs to one part"
                .formatted(shard, other, field));
      }
    }
    shards.put(role, List.copyOf(found));
  }

  private static List<String> expanded(String pattern, String field) {
    try {
      return BraceExpansion.of(pattern, MOST);
    } catch (BraceExpansion.TooMany e) {
      throw TrainingFailure.badConfiguration("%s: %s %s".formatted(field, pattern, e.getMessage()));
    }
  }

  private static Path below(Path root, String name, String field) {
    try {
      Path path = FileName.resolve(root, name).normalize();
      if (path.startsWith(root.normalize())) {
        return path;
      }
    } catch (InvalidPathException e) {
      // said below
    }
    throw TrainingFailure.badConfiguration(
        "%s: %s leads out of the data set's folder; shards' paths begin there"
            .formatted(field, name));
  }

  private static ShardParts listed(Path root, Listing listing) {
    FolderTree tree = FolderTree.list(root, FolderReading.CURRENT, ShardParts::isTar, listing);
    Map<PartRole, List<Path>> shards = new EnumMap<>(PartRole.class);
    List<Path> others = new ArrayList<>();
    List<Path> all = tars(root, tree);
    for (Path shard : all) {
      PartRole role = role(root.relativize(shard));
      (role == null ? others : shards.computeIfAbsent(role, r -> new ArrayList<>())).add(shard);
    }
    List<Path> train = shards.get(PartRole.TRAIN);
    if (train != null && !others.isEmpty()) {
      throw TrainingFailure.badData(
          "%s is called as shards to train on are, and %s beside it as those of no part; set dataset.shards.train, validation and test to the shards' names, such as train-{000000..000099}.tar"
              .formatted(train.get(0), others.get(0)));
    }
    if (!others.isEmpty()) {
      shards.put(PartRole.TRAIN, others);
    }
    List<String> remarks = new ArrayList<>();
    gaps(root, all).ifPresent(remarks::add);
    return new ShardParts(shards, remarks);
  }

  private static List<Path> tars(Path root, FolderTree tree) {
    for (Path other : tree.allOthers()) {
      if (COMPRESSED.matcher(String.valueOf(other.getFileName())).matches()) {
        throw TrainingFailure.badData(
            "%s is compressed, and pictures are read from anywhere in a shard; decompress it: pictures are compressed already"
                .formatted(root.resolve(other)));
      }
    }
    return List.copyOf(tree.allPictures());
  }

  private static boolean isTar(byte[] name) {
    return new String(name, java.nio.charset.StandardCharsets.ISO_8859_1)
        .toLowerCase(Locale.ROOT)
        .endsWith(TAR);
  }

  /** What the innermost name says that says anything. */
  private static @Nullable PartRole role(Path shard) {
    for (int i = shard.getNameCount() - 1; i >= 0; i--) {
      PartRole role = PartRole.among(shard.getName(i).toString());
      if (role != null) {
        return role;
      }
    }
    return null;
  }

  /** That shards between others are missing, as far as their numbers tell. */
  private static java.util.Optional<String> gaps(Path root, List<Path> shards) {
    Map<String, TreeSet<Integer>> numbers = new TreeMap<>();
    for (Path shard : shards) {
      Matcher name = NUMBERED.matcher(root.relativize(shard).toString());
      if (name.matches()) {
        numbers
            .computeIfAbsent(name.group(1) + "…" + name.group(3), n -> new TreeSet<>())
            .add(Integer.parseInt(name.group(2)));
      }
    }
    String gaps =
        numbers.entrySet().stream()
            .filter(set -> missing(set.getValue()) > 0)
            .map(
                set ->
                    "%d of %s between %d and %d"
                        .formatted(
                            missing(set.getValue()),
                            set.getKey(),
                            set.getValue().first(),
                            set.getValue().last()))
            .limit(3)
            .collect(Collectors.joining(", "));
    return gaps.isEmpty()
        ? java.util.Optional.empty()
        : java.util.Optional.of("shards are not there, as their numbers tell: " + gaps);
  }

  private static int missing(TreeSet<Integer> numbers) {
    return requireNonNull(numbers.last()) - numbers.first() + 1 - numbers.size();
  }
}
