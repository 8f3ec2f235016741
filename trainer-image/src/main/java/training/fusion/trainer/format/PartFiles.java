package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.FileName;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.listing.Listing;
import training.fusion.trainer.shard.BraceExpansion;

/**
 * Which files have the samples of which part: those that the spec names, or all that lie in the
 * folder, by the words of their names and their folders' ({@code imagenet-train-000000.tar}, {@code
 * val/000000.tar}). Where no name says to train on, those that say nothing are.
 *
 * @param remarks what lies there and is not used: sentences
 */
record PartFiles(Map<PartRole, List<Path>> files, List<String> remarks) {
  private static final int MOST = 1_000_000;
  private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\d{1,9})(\\D*)");

  /** A kind of files. */
  enum Kind {
    SHARDS(
        "dataset.shards",
        "shard",
        "\\.tar",
        Pattern.compile("(?i).*\\.(?:tgz|tbz2?|txz|tar\\.(?:gz|bz2|xz|zst))"),
        "train-{000000..000099}.tar",
        "%s has no tar files; shards as WebDataset writes them are expected, such as train-000000.tar, each with samples of KEY.jpg and KEY.cls"),
    TENSORS(
        "dataset.tensors",
        "file",
        "\\.(?:safetensors|np[yz])",
        Pattern.compile("(?i).*\\.(?:safetensors|np[yz])\\.(?:gz|bz2|xz|zst)"),
        "train-{00..15}.safetensors",
        "%s has no tensors; files that end in .safetensors, .npy or .npz are expected, such as train.safetensors with the tensors x and label");

    private final String field;
    private final String noun;
    private final Pattern ending;
    private final Pattern compressed;
    private final String example;
    private final String missing;

    /**
     * @param field of the spec that names them
     * @param noun for one of them
     * @param ending of their names, an expression
     * @param compressed those that cannot be read from anywhere
     * @param example a name of many
     * @param missing what to say where there are none
     */
    Kind(
        String field,
        String noun,
        String ending,
        Pattern compressed,
        String example,
        String missing) {
      this.field = field;
      this.noun = noun;
      this.ending = Pattern.compile("(?i).*" + ending);
      this.compressed = compressed;
      this.example = example;
      this.missing = missing;
    }

    private boolean isOne(byte[] name) {
      return isOne(new String(name, StandardCharsets.ISO_8859_1));
    }

    boolean isOne(String name) {
      return ending.matcher(name).matches();
    }
  }

  /** The files that the spec names for each part. */
  record Asked(@Nullable String train, @Nullable String validation, @Nullable String test) {}

  /**
   * Finds them; none is opened.
   *
   * @throws TrainingFailure naming the file that is missing, or of which it is not clear where it
   *     belongs
   */
  static PartFiles find(Path root, Asked asked, Kind kind, Listing listing) {
    PartFiles parts =
        asked.train() == null ? listed(root, kind, listing) : named(root, asked, kind);
    if (parts.files.isEmpty()) {
      throw TrainingFailure.badData(kind.missing.formatted(root));
    }
    return parts;
  }

  /** Those of a part; none, if there is no such part. */
  List<Path> of(PartRole role) {
    return files.getOrDefault(role, List.of());
  }

  private static PartFiles named(Path root, Asked asked, Kind kind) {
    Map<PartRole, List<Path>> files = new EnumMap<>(PartRole.class);
    Map<Path, String> fields = new HashMap<>();
    named(root, asked.train(), PartRole.TRAIN, kind, files, fields);
    named(root, asked.validation(), PartRole.VALIDATION, kind, files, fields);
    named(root, asked.test(), PartRole.TEST, kind, files, fields);
    return new PartFiles(files, List.of());
  }

  private static void named(
      Path root,
      @Nullable String pattern,
      PartRole role,
      Kind kind,
      Map<PartRole, List<Path>> files,
      Map<Path, String> fields) {
    if (pattern == null) {
      return;
    }
    String field = kind.field + "." + role.name().toLowerCase(Locale.ROOT);
    Set<Path> found = new LinkedHashSet<>();
    List<String> missing = new ArrayList<>();
    List<String> names = expanded(pattern, field);
    for (String name : names) {
      Path path = below(root, name, field);
      if (Files.isDirectory(path)) {
        found.addAll(
            in(
                path,
                FolderTree.list(path, FolderReading.CURRENT, kind::isOne, new Listing()),
                kind));
      } else if (Files.exists(path)) {
        found.add(path);
      } else {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw TrainingFailure.badData(
          "%s: %d of the %d %ss of %s are not in %s: %s; put them there, or correct the range"
              .formatted(
                  field,
                  missing.size(),
                  names.size(),
                  kind.noun,
                  pattern,
                  root,
                  PictureFolder.shortened(missing)));
    }
    for (Path shard : found) {
      String other = fields.putIfAbsent(shard, field);
      if (other != null) {
        throw TrainingFailure.badData(
            "%s is a %s of both %s and %s; a sample belongs to one part"
                .formatted(shard, kind.noun, other, field));
      }
    }
    files.put(role, List.copyOf(found));
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
        "%s: %s leads out of the data set's folder; paths begin there".formatted(field, name));
  }

  private static PartFiles listed(Path root, Kind kind, Listing listing) {
    FolderTree tree = FolderTree.list(root, FolderReading.CURRENT, kind::isOne, listing);
    Map<PartRole, List<Path>> files = new EnumMap<>(PartRole.class);
    List<Path> others = new ArrayList<>();
    List<Path> all = in(root, tree, kind);
    for (Path file : all) {
      PartRole role = role(root.relativize(file), kind);
      (role == null ? others : files.computeIfAbsent(role, r -> new ArrayList<>())).add(file);
    }
    List<Path> train = files.get(PartRole.TRAIN);
    if (train != null && !others.isEmpty()) {
      throw TrainingFailure.badData(
          "%s is called as %ss to train on are, and %s beside it as those of no part; set %s.train, validation and test to the %ss' names, such as %s"
              .formatted(
                  train.get(0), kind.noun, others.get(0), kind.field, kind.noun, kind.example));
    }
    if (!others.isEmpty()) {
      files.put(PartRole.TRAIN, others);
    }
    List<String> remarks = new ArrayList<>();
    gaps(root, all, kind).ifPresent(remarks::add);
    return new PartFiles(files, remarks);
  }

  private static List<Path> in(Path root, FolderTree tree, Kind kind) {
    for (Path other : tree.allOthers()) {
      if (kind.compressed.matcher(String.valueOf(other.getFileName())).matches()) {
        throw TrainingFailure.badData(
            "%s is compressed, and samples are read from anywhere in a %s; decompress it"
                .formatted(root.resolve(other), kind.noun));
      }
    }
    return List.copyOf(tree.allPictures());
  }

  /** What the innermost name says that says anything. */
  private static @Nullable PartRole role(Path shard, Kind kind) {
    for (int i = shard.getNameCount() - 1; i >= 0; i--) {
      String name = shard.getName(i).toString();
      PartRole role = kind == Kind.TENSORS ? PartRole.amongWhole(name) : PartRole.among(name);
      if (role != null) {
        return role;
      }
    }
    return null;
  }

  /** That files between others are missing, as far as their numbers tell. */
  private static Optional<String> gaps(Path root, List<Path> files, Kind kind) {
    Map<String, TreeSet<Integer>> numbers = new TreeMap<>();
    for (Path shard : files) {
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
        ? Optional.empty()
        : Optional.of("%ss are not there, as their numbers tell: %s".formatted(kind.noun, gaps));
  }

  private static int missing(TreeSet<Integer> numbers) {
    return requireNonNull(numbers.last()) - numbers.first() + 1 - numbers.size();
  }
}
