package training.fusion.operator.sweep.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against scipy and statsmodels: {@code src/test/golden/sweep_statistics.py}. */
class StatisticsGoldenTest {

  @ParameterizedTest
  @MethodSource
  void pairedDifferencesAreScipys(JsonNode golden) {
    double[] differences = numbers(golden.get("differences"));

    PairedDifference ours = PairedDifference.of(differences);

    assertThat(ours.n()).isEqualTo(differences.length);
    assertThat(ours.mean()).isCloseTo(golden.get("mean").asDouble(), within(1e-15));
    assertThat(Means.of(differences).std()).isCloseTo(golden.get("std").asDouble(), within(1e-15));
    assertThat(ours.p()).isCloseTo(golden.get("p").asDouble(), within(1e-15));
    double margin = Objects.requireNonNull(ours.margin());
    assertThat(ours.mean() - margin).isCloseTo(golden.get("low").asDouble(), within(1e-13));
    assertThat(ours.mean() + margin).isCloseTo(golden.get("high").asDouble(), within(1e-13));
  }

  static List<JsonNode> pairedDifferencesAreScipys() throws IOException {
    return golden("cases");
  }

  @ParameterizedTest
  @MethodSource
  void holmsCorrectionIsStatsmodels(JsonNode golden) {
    assertThat(Holm.adjust(numbers(golden.get("p"))))
        .containsExactly(numbers(golden.get("adjusted")), within(1e-15));
  }

  static List<JsonNode> holmsCorrectionIsStatsmodels() throws IOException {
    return golden("corrections");
  }

  @Test
  void oneSeedHasNoInterval() {
    assertThat(PairedDifference.of(new double[] {0.01}).margin()).isNull();
    assertThat(PairedDifference.of(new double[] {0.01}).p()).isEqualTo(1);
  }

  @Test
  void thirtyTwoPairsAreExactToo() {
    double[] oneWay = DoubleStream.generate(() -> 0.01).limit(SignFlip.MOST_PAIRS).toArray();
    double[] normal = new Random(3).doubles(SignFlip.MOST_PAIRS).map(v -> v - 0.5).toArray();

    assertThat(SignFlip.p(oneWay)).isEqualTo(Math.pow(2, -31));
    // the sum of so many is nearly normal: two-sided p of z = |sum| / sqrt(sum of squares)
    assertThat(SignFlip.p(normal)).isCloseTo(normalP(normal), within(0.01));
  }

  private static double normalP(double[] differences) {
    double z =
        Math.abs(DoubleStream.of(differences).sum())
            / Math.sqrt(DoubleStream.of(differences).map(d -> d * d).sum());
    return 2 * NormalDistribution.of(0, 1).survivalProbability(z);
  }

  private static List<JsonNode> golden(String part) throws IOException {
    try (InputStream stream = StatisticsGoldenTest.class.getResourceAsStream("statistics.json")) {
      JsonNode list = new ObjectMapper().readTree(stream).get(part);
      assertThat(list).isNotEmpty();
      return StreamSupport.stream(list.spliterator(), false).toList();
    }
  }

  private static double[] numbers(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }
}
