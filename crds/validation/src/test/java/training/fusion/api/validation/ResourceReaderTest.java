package training.fusion.api.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ResourceReaderTest {
  @TestFactory
  Stream<DynamicTest> givesTheValueThatKubectlGives() throws IOException {
    var json = new ObjectMapper();
    try (var stream =
        Objects.requireNonNull(getClass().getResourceAsStream("/scalars.tsv"), "scalars.tsv")) {
      List<String> rows =
          new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      return rows.stream()
          .filter(row -> !row.startsWith("#"))
          .map(row -> row.split("\t", 2))
          .map(
              row ->
                  DynamicTest.dynamicTest(
                      row[0] + " is " + row[1],
                      () -> assertSame(value(row[0]), json.readTree(row[1]))));
    }
  }

  private static void assertSame(JsonNode found, JsonNode expected) {
    if (expected.isNumber()) {
      assertThat(found.isNumber()).as(found.toString()).isTrue();
      assertThat(found.doubleValue()).isEqualTo(expected.doubleValue());
      assertThat(found.isIntegralNumber())
          .isEqualTo(expected.isIntegralNumber() && expected.canConvertToLong());
    } else {
      assertThat(found).isEqualTo(expected);
    }
  }

  @Test
  void keepsAllBitsOfANumber() {
    assertThat(value("0.30000000000000004").doubleValue()).isEqualTo(0.1 + 0.2);
    assertThat(value("9007199254740993").longValue()).isEqualTo(9007199254740993L);
  }

  @Test
  void readsEveryDocumentAndLeavesOutEmptyOnes() {
    assertThat(ResourceReader.read("a.yaml", "---\n# nothing\n---\na: 1\n---\na: 2\n"))
        .extracting(resource -> resource.value().toString())
        .containsExactly("{\"a\":1}", "{\"a\":2}");
  }

  @Test
  void readsJson() {
    assertThat(read("{\"a\": [1e-4, \"b\"]}")).hasToString("{\"a\":[1.0E-4,\"b\"]}");
  }

  @Test
  void resolvesAliasesAndMergeKeys() {
    assertThat(read("a: &x {b: 1, c: 2}\nd: *x\ne: {<<: *x, c: 3}\nf: {<<: [{g: 1}, *x]}"))
        .hasToString(
            "{\"a\":{\"b\":1,\"c\":2},\"d\":{\"b\":1,\"c\":2},\"e\":{\"c\":3,\"b\":1},\"f\":{\"g\":1,\"b\":1,\"c\":2}}");
  }

  @Test
  void aKeyThatStandsTwiceIsRefusedWithBothPlaces() {
    assertThatThrownBy(() -> read("spec:\n  a: 1\n  b: 2\n  a: 3\n"))
        .isInstanceOf(UnreadableResource.class)
        .hasMessage("a.yaml:4:3: spec.a stands here a second time, first in line 2");
  }

  @Test
  void badYamlIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> read("spec:\n  a: [1, 2\nb: 3\n"))
        .isInstanceOf(UnreadableResource.class)
        .hasMessageStartingWith("a.yaml:3:")
        .hasMessageContaining("not valid YAML: expected ',' or ']'");
    assertThatThrownBy(() -> read("spec:\n\ta: 1\n"))
        .hasMessageStartingWith("a.yaml:2:1: not valid YAML");
    assertThatThrownBy(() -> read("a: \u0000"))
        .isInstanceOf(UnreadableResource.class)
        .hasMessageContaining("a.yaml:");
  }

  @Test
  void aDocumentThatIsNoObjectIsRefused() {
    assertThatThrownBy(() -> read("- a\n"))
        .hasMessage("a.yaml:1:1: a resource is an object with fields, not [\"a\"]");
  }

  @Test
  void whatJsonCannotSayIsRefused() {
    assertThatThrownBy(() -> read("a: .inf"))
        .hasMessage("a.yaml:1:4: .inf is no number that JSON has");
    assertThatThrownBy(() -> read("[a]: 1")).hasMessageContaining("the name of a field is text");
    assertThatThrownBy(() -> read("a: !!binary aGk="))
        .hasMessageContaining("the tag tag:yaml.org,2002:binary is not understood");
  }

  @Test
  void anAliasOfWhatItStandsInIsRefused() {
    assertThatThrownBy(() -> read("a: &x {b: *x}")).hasMessageContaining("what it stands in");
  }

  @Test
  void aliasesThatMultiplyAreRefused() {
    String bomb =
        Stream.iterate(1, i -> i < 9, i -> i + 1)
            .map(i -> "a%d: &a%d [%s]".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(6)))
            .reduce("a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", (a, b) -> a + "\n" + b);
    assertThatThrownBy(() -> read(bomb))
        .isInstanceOf(UnreadableResource.class)
        .hasMessageContaining("more than 100000 values");
  }

  @Test
  void aProblemIsLocatedAtTheNearestField() {
    var resource = ResourceReader.read("a.yaml", "spec:\n  b:\n  - c: 1\n    d: 2\n").get(0);
    assertThat(resource.locate(new Problem("spec.b[0].d", "wrong")))
        .isEqualTo("a.yaml:4:5: spec.b[0].d: wrong");
    assertThat(resource.locate(new Problem("spec.b[0].missing", "is required")))
        .isEqualTo("a.yaml:3:5: spec.b[0].missing: is required");
    assertThat(resource.locate(new Problem("", "wrong"))).isEqualTo("a.yaml:1:1: wrong");
  }

  private static JsonNode value(String text) {
    return read("list: [x, " + text + "]\nvalue: " + text + "\n").get("list").get(1);
  }

  private static JsonNode read(String text) {
    return ResourceReader.read("a.yaml", text).get(0).value();
  }
}
