package training.fusion.trainer.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static training.fusion.trainer.source.Archives.file;
import static training.fusion.trainer.source.Archives.link;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.source.Archives;

@DisplayName("The members of a shard")
class ShardReaderTest {
  private final Path folder;

  ShardReaderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  @DisplayName("are the samples that WebDataset's own reader gives, of forty tars drawn at random")
  void areThoseOfWebDataset() throws IOException {
    for (Map.Entry<String, JsonNode> tar : GoldenShards.expected().get("shards").properties()) {
      byte[] content = GoldenShards.bytes(tar.getKey());
      Shard shard = read(content, fields(null, null, null));
      List<String> expected = new ArrayList<>();
      tar.getValue()
          .forEach(
              s ->
                  expected.add(
                      s.get(0).asText() + " " + s.get(1).asText() + " " + s.get(2).asText()));
      assertThat(described(shard, content))
          .as(tar.getKey())
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  @DisplayName("belong together wherever they lie, and a hard link is the member before it")
  void belongTogether() throws IOException {
    Shard shard =
        read(
            Archives.tar(
                file("a.cls", text("1")),
                file("b.jpg", text("B")),
                file("a.jpg", text("A")),
                link(TarConstants.LF_LINK, "c.jpg", "./a.jpg"),
                link(TarConstants.LF_LINK, "c.cls", "a.cls"),
                file("b.cls", text(" 2\n"))),
            fields(null, null, null));
    assertThat(names(shard)).containsExactly("a.jpg 1 1", "b.jpg 1 2", "c.jpg 1 1");
    assertThat(shard.offset(2)).isEqualTo(shard.offset(0));
  }

  @Test
  @DisplayName("have the extensions that are asked for, and a label may be a field of JSON")
  void haveTheExtensionsAskedFor() throws IOException {
    byte[] tar =
        Archives.tar(
            file("a.input.jpg", text("A")),
            file("a.mask.png", text("M")),
            file("a.meta.json", text("{\"name\": \"cat\", \"label\": 3}")),
            file("a.txt", text("dog")));
    assertThat(names(read(tar, fields("input.jpg", "meta.json", null))))
        .containsExactly("a.input.jpg 1 3");
    assertThat(names(read(tar, fields("mask.png", "meta.json", "name"))))
        .containsExactly("a.mask.png 1 cat");
    assertThat(names(read(tar, fields("input.jpg", "txt", null))))
        .containsExactly("a.input.jpg 1 dog");
    byte[] json =
        Archives.tar(file("a.jpg", text("A")), file("a.json", text("{\"class\": \"x\"}")));
    assertThat(names(read(json, fields(null, null, null)))).containsExactly("a.jpg 1 x");
  }

  static Stream<Arguments> refused() throws IOException {
    byte[] good = Archives.tar(file("a.jpg", text("A")), file("a.cls", text("1")));
    return Stream.of(
        bad("the picture a.jpg has no label", tar("a.jpg", "A", "a.txt", "x")),
        bad("only jpg, txt", tar("a.jpg", "A", "a.txt", "x")),
        bad("set dataset.shards.labelExtension", tar("a.jpg", "A")),
        bad(
            "the sample a has several pictures, jpg and png",
            tar("a.jpg", "A", "a.png", "B", "a.cls", "1")),
        bad(
            "the sample a has the extension jpg twice",
            tar("a.jpg", "A", "a.JPG", "B", "a.cls", "1")),
        bad("its samples have no pictures, only 5.jpg, cls", tar("v1.5.jpg", "A", "v1.cls", "1")),
        bad("the label a.cls is empty", tar("a.jpg", "A", "a.cls", " \n")),
        bad("the label a.cls is of several lines", tar("a.jpg", "A", "a.cls", "1\n2")),
        bad("the label a.cls has 2000 bytes", tar("a.jpg", "A", "a.cls", "1".repeat(2000))),
        bad("the label a.json is no JSON", tar("a.jpg", "A", "a.json", "{")),
        bad(
            "the label a.json has no class under a key",
            tar("a.jpg", "A", "a.json", "{\"label\": [1]}")),
        bad(
            "the label a.cls is no text in UTF-8",
            Archives.tar(file("a.jpg", text("A")), file("a.cls", new byte[] {-1}))),
        bad(
            "the member b.jpg is a link to x.jpg, which is no file before it",
            Archives.tar(link(TarConstants.LF_LINK, "b.jpg", "x.jpg"), file("x.jpg", text("X")))),
        bad(
            "the member b.jpg is a symbolic link",
            Archives.tar(
                file("a.jpg", text("A")), link(TarConstants.LF_SYMLINK, "b.jpg", "a.jpg"))),
        bad(
            "the member b.jpg is a symbolic link, a device",
            Archives.tar(link(TarConstants.LF_FIFO, "b.jpg", ""))),
        bad("it is compressed by gzip", Archives.tarGz(Map.of("a.jpg", text("A")))),
        bad("it is no tar: it has less than", new byte[0]),
        bad("is a damaged tar", text("no tar at all, ".repeat(100))),
        bad("it lacks the empty blocks at its end", Arrays.copyOf(good, 2048)),
        bad("after its member a.jpg: ", Arrays.copyOf(good, 1300)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  @DisplayName("that are not as they should be are refused with the file's name and their own")
  void areRefused(String says, byte[] tar) {
    TrainingFailure failure =
        catchThrowableOfType(TrainingFailure.class, () -> read(tar, fields(null, null, null)));
    assertThat(failure).hasMessageContaining("a.tar").hasMessageContaining(says);
    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
    assertThat(failure.getMessage()).doesNotContain("java.").doesNotContain("Exception");
  }

  @Test
  @DisplayName("of a tar that is cut anywhere, or of which a bit is changed, are told or the same")
  void areToldOrTheSame() throws IOException {
    byte[] whole = GoldenShards.bytes("05.tar");
    List<String> names = names(read(whole, fields(null, null, null)));
    var random = new Random(5);
    int end = whole.length;
    while (whole[end - 1] == 0) {
      end--;
    }
    for (int i = 0; i < 200; i++) {
      byte[] cut = Arrays.copyOf(whole, random.nextInt(end));
      assertThatThrownBy(() -> read(cut, fields(null, null, null)))
          .as("cut at %d", cut.length)
          .isInstanceOf(TrainingFailure.class);
      byte[] changed = whole.clone();
      int at = random.nextInt(end);
      changed[at] ^= (byte) (1 << random.nextInt(8));
      try {
        Shard shard = read(changed, fields(null, null, null));
        assertThat(shard.count()).as("changed at %d", at).isLessThanOrEqualTo(names.size());
      } catch (TrainingFailure e) {
        assertThat(e).as("changed at %d", at).hasMessageContaining("a.tar");
      }
    }
  }

  private static Arguments bad(String says, byte[] tar) {
    return Arguments.of(says, tar);
  }

  private static byte[] tar(String... namesAndContents) throws IOException {
    List<Map.Entry<TarArchiveEntry, byte[]>> entries = new ArrayList<>();
    for (int i = 0; i < namesAndContents.length; i += 2) {
      entries.add(file(namesAndContents[i], text(namesAndContents[i + 1])));
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    Map.Entry<TarArchiveEntry, byte[]>[] all = entries.toArray(new Map.Entry[0]);
    return Archives.tar(all);
  }

  private static byte[] text(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  private static SampleFields fields(
      @Nullable String picture, @Nullable String label, @Nullable String field) {
    return new SampleFields(
        picture,
        label,
        field,
        Set.of("jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp"),
        List.of("label", "class"));
  }

  private Shard read(byte[] tar, SampleFields fields) throws IOException {
    return new ShardReader(fields).read(Files.write(folder.resolve("a.tar"), tar));
  }

  private static List<String> names(Shard shard) {
    return IntStream.range(0, shard.count())
        .mapToObj(i -> "%s %d %s".formatted(shard.name(i), shard.length(i), shard.label(i)))
        .toList();
  }

  /** Each picture's key, digest and label. */
  private static List<String> described(Shard shard, byte[] tar) {
    return IntStream.range(0, shard.count())
        .mapToObj(
            i -> {
              var digest = Sha256.begin();
              digest.update(tar, (int) shard.offset(i), shard.length(i));
              String name = shard.name(i);
              int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
              return "%s %s %s"
                  .formatted(name.substring(0, dot), Sha256.hex(digest), shard.label(i));
            })
        .toList();
  }
}
