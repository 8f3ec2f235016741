package training.fusion.trainer.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Names of classes")
class ClassNamesTest {
  /** Letters with accents, Hangul, kana and their marks, Vietnamese: each in both forms. */
  @ParameterizedTest
  @CsvSource({
    "caf\u00e9, cafe\u0301",
    "\ud55c\uae00, \u1112\u1161\u11ab\u1100\u1173\u11af",
    "\u304c, \u304b\u3099",
    "\u1ec7, e\u0323\u0302",
    "\u00c5, \u212b",
    "\u0439, \u0438\u0306"
  })
  @DisplayName("that differ in the form of their letters alone are told so, with both spelled")
  void forms(String composed, String other) {
    assertThat(ClassNames.difference(List.of("a", composed), List.of("a", other)))
        .contains(" now and ", " before are the same letters in two of Unicode's forms")
        .doesNotContain("no such class", composed, other);
    assertThatThrownBy(() -> ClassNames.refuseTwins("data", List.of(composed, other)))
        .hasMessageContaining("data has the classes")
        .hasMessageContaining("the same letters in two of Unicode's forms");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"cat ", " cat", "cat\u00a0", "cat\u200b", "\ufeffcat", "cat\t", "cat\u3000"})
  @DisplayName("that differ in what is not seen at an end are told so, and quoted")
  void ends(String name) {
    assertThat(ClassNames.difference(List.of("cat", "dog"), List.of(name, "bee")))
        .startsWith("\"")
        .contains(" now and \"cat\" before are the same but for what is not seen at an end")
        .contains("bee: no such class before, dog: no such class now");
    assertThat(ClassNames.told(name)).startsWith("\"").endsWith("\"").contains("cat");
    assertThatThrownBy(() -> ClassNames.refuseTwins("data", List.of("cat", name)))
        .hasMessageContaining("the same but for what is not seen at an end");
  }

  @Test
  @DisplayName("are told as they are, where one sees all of them")
  void plain() {
    List<String> names =
        List.of("cat", "b, or c", "\u732b", "caf\u00e9", "e\u0301t\u00e9", "New  York");
    assertThat(names.stream().map(ClassNames::told).toList()).isEqualTo(names);
    assertThat(ClassNames.told("")).isEqualTo("\"\"");
    assertThat(ClassNames.told("two\nlines")).isEqualTo("\"two\\u000alines\"");
    ClassNames.refuseTwins("data", List.of("Cat", "cat", "c at", "\u732b"));
  }
}
