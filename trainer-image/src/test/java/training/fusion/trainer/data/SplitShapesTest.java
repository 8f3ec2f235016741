package training.fusion.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Dataset;
import training.fusion.api.Source;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.ImageFiles;
import training.fusion.trainer.format.PixelSegments;
import training.fusion.trainer.sample.StoredImages;

/** 500 shapes of data sets, with scikit-learn's counts where it accepts them. */
@DisplayName("A split of 500 shapes")
class SplitShapesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Dataset.Limit NO_LIMIT = new Dataset.Limit(null, null, null);

  /** A data set as {@code split_shapes.py} has drawn it. */
  private record Shape(JsonNode json) {
    static List<Shape> all() throws IOException {
      List<String> lines = Files.readAllLines(Path.of("src/test/golden/split-shapes.json"));
      return lines.stream().map(line -> new Shape(read(line))).toList();
    }

    /** Every seventh; {@code -Dcampaign.shapes=500}: all, as for the evidence. */
    static List<Shape> some() throws IOException {
      List<Shape> all = all();
      int step = all.size() / Integer.getInteger("campaign.shapes", 70);
      return IntStream.range(0, all.size() / step).mapToObj(i -> all.get(i * step)).toList();
    }

    private static JsonNode read(String line) {
      try {
        return JSON.readTree(line);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Pictures of each class. */
    int[] sizes() {
      IntStream.Builder sizes = IntStream.builder();
      for (JsonNode pair : json.get("sizes")) {
        for (int i = 0; i < pair.get(1).asInt(); i++) {
          sizes.add(pair.get(0).asInt());
        }
      }
      return sizes.build().toArray();
    }

    long seed() {
      return json.get("seed").asLong();
    }

    int share(String part) {
      return (int) Math.round(json.get(part).asDouble() * Arrays.stream(sizes()).sum());
    }

    Dataset.Limit limit() {
      return new Dataset.Limit(limit(0), limit(1), limit(2));
    }

    private @Nullable Integer limit(int part) {
      JsonNode limit = json.get("limit").get(part);
      return limit.isNull() ? null : limit.asInt();
    }

    ImageFiles files() {
      int[] sizes = sizes();
      int[] labels =
          IntStream.range(0, sizes.length)
              .flatMap(c -> IntStream.range(0, sizes[c]).map(i -> c))
              .toArray();
      var pictures =
          new StoredImages(
              Path.of("shape"), 1, 1, 1, PixelSegments.of(new byte[labels.length], 1), labels);
      List<String> names = IntStream.range(0, sizes.length).mapToObj("c%05d"::formatted).toList();
      return new ImageFiles(Path.of("shape"), "", names, pictures, null, null, List.of());
    }

    ImageData divided(Dataset.Limit limit) {
      return divided(limit, seed());
    }

    ImageData divided(Dataset.Limit limit, long seed) {
      var split =
          new Dataset.Split(json.get("validation").asDouble(), json.get("test").asDouble(), seed);
      var dataset =
          new Dataset(
              Dataset.Format.IDX,
              new Source(null, null, null, null),
              split,
              limit,
              null,
              null,
              null,
              null,
              null,
              null,
              null);
      return ImageData.of(files(), dataset, KnownParts.NONE, Division.CURRENT);
    }
  }

  @Test
  @DisplayName(
      "has each picture once, each part's share, and of each class one to train on, or says why not")
  void unlimited() throws IOException {
    for (Shape shape : Shape.some()) {
      int[] sizes = shape.sizes();
      int spare = Arrays.stream(sizes).map(n -> n - 1).sum();
      int test = Math.min(shape.share("test"), spare);
      int validation = Math.min(shape.share("validation"), spare - test);
      if (test == 0 || validation == 0) {
        assertThat(catchThrowable(() -> shape.divided(NO_LIMIT)))
            .as("%s", shape)
            .isInstanceOf(TrainingFailure.class)
            .hasMessageMatching(
                "dataset.split.(test|validation): (.* is not one image; raise it"
                    + "|no class of .* has a picture left for it, since each keeps one .*)");
        continue;
      }
      ImageData data = shape.divided(NO_LIMIT);
      assertThat(data.test().count()).as("%s", shape).isEqualTo(test);
      assertThat(data.validation().count()).as("%s", shape).isEqualTo(validation);
      int[] all = new int[sizes.length];
      for (Part part : List.of(data.train(), data.validation(), data.test())) {
        int[] counts = part.countByClass(sizes.length);
        Arrays.setAll(all, c -> all[c] + counts[c]);
      }
      assertThat(all).as("%s", shape).isEqualTo(sizes);
      BitSet pictures = new BitSet();
      data.parts().flatMapToInt(SplitShapesTest::sources).forEach(pictures::set);
      assertThat(pictures.cardinality()).as("%s", shape).isEqualTo(Arrays.stream(sizes).sum());
      assertThat(classes(data.train(), sizes.length)).as("%s", shape).hasSize(sizes.length);
      assertThat(data.remarks().stream().anyMatch(said -> said.contains("each class keeps one")))
          .as("%s", shape)
          .isEqualTo(test < shape.share("test") || validation < shape.share("validation"));
      toldAreMissing(shape, data);
    }
  }

  private static IntStream sources(Part part) {
    return Arrays.stream(Datasets.sources(part));
  }

  @Test
  @DisplayName("gives what is left over to drawn classes, the same in validation and test")
  void remainders() throws IOException {
    int groups = 0;
    for (Shape shape : Shape.some()) {
      int[] sizes = shape.sizes();
      int spare = Arrays.stream(sizes).map(n -> n - 1).sum();
      if (sizes.length < 100 || shape.share("test") + shape.share("validation") > spare / 2) {
        continue;
      }
      ImageData data = shape.divided(NO_LIMIT);
      int[] tested = data.test().countByClass(sizes.length);
      int[] validated = data.validation().countByClass(sizes.length);
      ImageData other = shape.divided(NO_LIMIT, shape.seed() + 1);
      int[] testedByOther = other.test().countByClass(sizes.length);
      for (int first = 0; first < sizes.length; ) {
        int size = sizes[first];
        int end = first;
        while (end < sizes.length && sizes[end] == size) {
          end++;
        }
        Set<Integer> more = more(tested, first, end);
        Set<Integer> moreValidated = more(validated, first, end);
        if (more.size() >= 10 && end - first - more.size() >= 10) {
          groups++;
          int from = first;
          assertThat(more)
              .as("%s", shape)
              .isNotEqualTo(
                  IntStream.range(from, from + more.size()).boxed().collect(Collectors.toSet()))
              .isNotEqualTo(more(testedByOther, first, end));
          assertThat(
                  size < 3 // it has no picture for both
                      || more.containsAll(moreValidated)
                      || moreValidated.containsAll(more))
              .as("%s", shape)
              .isTrue();
        }
        first = end;
      }
    }
    assertThat(groups).isGreaterThan(5);
  }

  /** Classes of a range that have more than the others; none, if all have the same. */
  private static Set<Integer> more(int[] counts, int first, int end) {
    int least = Arrays.stream(counts, first, end).min().orElseThrow();
    return IntStream.range(first, end)
        .filter(c -> counts[c] > least)
        .boxed()
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName(
      "keeps within its limits, and validates and tests on no class that it does not train on")
  void limited() throws IOException {
    int refused = 0;
    for (Shape shape : Shape.some()) {
      Dataset.Limit limit = shape.limit();
      ImageData whole;
      try {
        whole = shape.divided(NO_LIMIT);
      } catch (TrainingFailure e) {
        continue; // told above
      }
      int classes = whole.classes();
      Set<Integer> inBoth = classes(whole.validation(), classes);
      inBoth.retainAll(classes(whole.test(), classes));
      ImageData data;
      try {
        data = shape.divided(limit);
      } catch (TrainingFailure e) {
        refused++;
        assertThat(e).hasMessageContaining("dataset.limit.train");
        assertThat(inBoth).as("%s", shape).isEmpty();
        assertThat(limit.train()).as("%s", shape).isEqualTo(1);
        continue;
      }
      Set<Integer> trained = classes(data.train(), classes);
      assertThat(data.train().count()).isEqualTo(within(limit.train(), whole.train().count()));
      assertThat(trained).as("%s", shape).hasSize(within(limit.train(), classes));
      check(shape, whole.validation(), data.validation(), limit.validation(), trained, classes);
      check(shape, whole.test(), data.test(), limit.test(), trained, classes);
      sampled(shape, whole.train(), data.train());
      toldAreMissing(shape, data);
    }
    assertThat(refused).isLessThan(10);
  }

  private static int within(@Nullable Integer limit, int count) {
    return limit == null ? count : Math.min(limit, count);
  }

  private static void check(
      Shape shape,
      Part whole,
      Part part,
      @Nullable Integer limit,
      Set<Integer> trained,
      int classes) {
    assertThat(trained).as("%s", shape).containsAll(classes(part, classes));
    int there = whole.places((image, label) -> trained.contains(label)).length;
    assertThat(part.count()).as("%s", shape).isEqualTo(within(limit, there));
    sampled(shape, whole, part);
  }

  private static void sampled(Shape shape, Part whole, Part part) {
    BitSet all = new BitSet();
    sources(whole).forEach(all::set);
    assertThat(sources(part).allMatch(all::get)).as("%s", shape).isTrue();
  }

  private static void toldAreMissing(Shape shape, ImageData data) {
    tells(shape, data, "to train on", data.train());
    tells(shape, data, "to (?:validate|validate or test) on", data.validation());
    tells(shape, data, "to (?:test|validate or test) on", data.test());
  }

  private static void tells(Shape shape, ImageData data, String purpose, Part part) {
    int missing = data.classes() - classes(part, data.classes()).size();
    String sentence =
        "%d of %d classes have no picture %s.*".formatted(missing, data.classes(), purpose);
    assertThat(data.remarks().stream().anyMatch(said -> said.matches(sentence)))
        .as("%s: %s of %s", shape, sentence, data.remarks())
        .isEqualTo(missing > 0);
    assertThat(data.remarks()).allSatisfy(said -> assertThat(said).hasSizeLessThan(300));
  }

  private static Set<Integer> classes(Part part, int classes) {
    int[] counts = part.countByClass(classes);
    return IntStream.range(0, classes)
        .filter(c -> counts[c] > 0)
        .boxed()
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName("has scikit-learn's counts, but for ties and classes that would have none left")
  void scikitLearn() throws IOException {
    Map<String, Integer> verdicts = new TreeMap<>();
    for (Shape shape : Shape.all()) {
      int[] sizes = shape.sizes();
      int[] none = new int[sizes.length];
      int[] spare = Arrays.stream(sizes).map(n -> n - 1).toArray();
      int[] one = new int[sizes.length];
      Arrays.fill(one, 1);
      compare(shape, "testCounts", shape.share("test"), none, spare, verdicts);
      compare(shape, "validationCounts", shape.share("validation"), none, spare, verdicts);
      Integer limit = shape.limit().train();
      if (limit != null) {
        compare(shape, "trainCounts", limit, one, sizes, verdicts);
      }
    }
    assertThat(verdicts)
        .isEqualTo(
            Map.of(
                "equal",
                683,
                "equal fractions",
                21,
                "keeps one to train on",
                22,
                "refused by scikit-learn",
                578));
  }

  private static void compare(
      Shape shape, String draw, int total, int[] least, int[] most, Map<String, Integer> verdicts) {
    JsonNode theirs = shape.json().get(draw);
    if (theirs.isNull()) {
      verdicts.merge("refused by scikit-learn", 1, Integer::sum);
      return;
    }
    int[] sizes = shape.sizes();
    int[] order = Division.CURRENT.order(sizes.length, shape.seed());
    int[] ours = new LargestRemainders(order).counts(total, sizes, least, most, order);
    long all = Arrays.stream(sizes).sum();
    boolean bounded = false;
    Set<Long> differing = new TreeSet<>();
    int first = 0;
    for (int group = 0; group < theirs.size(); group++) {
      int size = shape.json().get("sizes").get(group).get(0).asInt();
      int end = first + shape.json().get("sizes").get(group).get(1).asInt();
      Map<String, Integer> counts = new TreeMap<>();
      for (int c = first; c < end; c++) {
        counts.merge(String.valueOf(ours[c]), 1, Integer::sum);
      }
      int from = first;
      JsonNode their = theirs.get(group);
      bounded |= their.has(least[from] == 1 ? "0" : String.valueOf(size));
      if (!counts.equals(JSON.convertValue(their, Map.class))) {
        differing.add((long) size * total % all);
      }
      first = end;
    }
    String verdict =
        differing.isEmpty() ? "equal" : bounded ? "keeps one to train on" : "equal fractions";
    verdicts.merge(verdict, 1, Integer::sum);
    if (verdict.equals("equal fractions")) {
      assertThat(differing).as("%s %s: one fraction", shape, draw).hasSize(1);
    }
  }
}
