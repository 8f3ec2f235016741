package training.fusion.operator.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What is too long")
class ShortenedTest {
  /** Of one, two, three and four bytes; the last one is two chars of Java. */
  private static final List<String> CHARACTERS = List.of("a", "ä", "→", "😀");

  @Test
  @DisplayName("is cut to so many bytes, at the end of a character, and says so")
  void bytes() {
    for (String character : CHARACTERS) {
      for (int most = 1020; most <= 1027; most++) {
        String text = Shortened.toBytes(character.repeat(2000), most);
        int size = text.getBytes(StandardCharsets.UTF_8).length;
        assertThat(size).isBetween(most - 4, most);
        assertThat(text.replace(character, "")).isEqualTo("…");
      }
      String fits = character.repeat(1024 / character.getBytes(StandardCharsets.UTF_8).length);
      assertThat(Shortened.toBytes(fits, 1024)).isEqualTo(fits);
    }
  }

  @Test
  @DisplayName("is cut to so many characters, as the API server counts them")
  void characters() {
    for (String character : CHARACTERS) {
      assertThat(Shortened.toCharacters(character.repeat(64), 64)).isEqualTo(character.repeat(64));
      assertThat(Shortened.toCharacters(character.repeat(65), 64))
          .isEqualTo(character.repeat(63) + "…");
    }
  }

  @Test
  @DisplayName("is divided between characters, and nothing of it is lost")
  void pieces() {
    String text = "aä→😀".repeat(999) + "a";
    List<String> pieces = Shortened.intoPieces(text, 1000);
    assertThat(String.join("", pieces)).isEqualTo(text);
    assertThat(pieces)
        .hasSize(10)
        .allMatch(piece -> piece.getBytes(StandardCharsets.UTF_8).length <= 1000)
        .allMatch(piece -> !Character.isLowSurrogate(piece.charAt(0)));
    assertThat(Shortened.intoPieces("", 1000)).containsExactly("");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 39, 40, 41, 79, 100, 1_000_000})
  @DisplayName("is thinned evenly, and the last one stays")
  void thinned(int length) {
    List<Integer> all = IntStream.rangeClosed(1, length).boxed().toList();
    List<Integer> some = Shortened.thinned(all, 40);
    assertThat(some).hasSize(Math.min(40, length)).isSorted().doesNotHaveDuplicates();
    assertThat(some.get(some.size() - 1)).isEqualTo(length);
  }
}
