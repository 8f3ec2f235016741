package training.fusion.trainer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.IdxFiles;

class ArchiveTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @Test
  void tarTarGzAndZipAreUnpackedWhateverTheirName() throws IOException {
    Map<String, byte[]> files = Map.of("a/b", new byte[] {1, 2}, "c", new byte[600]);
    for (byte[] archive :
        new byte[][] {Archives.tar(files), Archives.tarGz(files), Archives.zip(files)}) {
      Path target = Files.createTempDirectory(folder, "target");
      assertThat(unpack(archive, target)).isTrue();
      assertThat(target.resolve("a/b")).hasBinaryContent(new byte[] {1, 2});
      assertThat(target.resolve("c")).hasSize(600);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gz", "bzip2", "xz"})
  void aTarIsUnpackedHoweverItIsCompressedAlsoInParts(String compressor) throws IOException {
    byte[] content = new byte[300_000];
    new java.util.Random(5).nextBytes(content);
    byte[] tar = Archives.tar(Map.of("a/b", content));
    byte[] whole = Archives.compressed(compressor, tar);
    // as pigz, pbzip2 and pixz leave it
    byte[] begin = Archives.compressed(compressor, Arrays.copyOf(tar, 100_000));
    byte[] end = Archives.compressed(compressor, Arrays.copyOfRange(tar, 100_000, tar.length));
    byte[] parts = ByteBuffer.allocate(begin.length + end.length).put(begin).put(end).array();
    for (byte[] archive : new byte[][] {whole, parts}) {
      Path target = Files.createTempDirectory(folder, "target");
      assertThat(unpack(archive, target)).isTrue();
      assertThat(target.resolve("a/b")).hasBinaryContent(content);
    }
    refused(Arrays.copyOf(whole, whole.length / 2), "damaged archive");
    assertThat(unpack(Archives.compressed(compressor, content), folder.resolve("none"))).isFalse();
  }

  @Test
  void backslashesInAZipDivideFoldersAsWindowsWritesThem() throws IOException {
    Map<String, byte[]> files =
        new TreeMap<>(
            Map.of(
                "photos\\", new byte[0],
                "photos\\cat\\1.png", new byte[] {1},
                "photos/dog\\2.png", new byte[] {2},
                "__MACOSX\\x", new byte[] {3}));
    Path target = folder.resolve("target");
    assertThat(unpack(Archives.zip(files), target)).isTrue();
    assertThat(target.resolve("photos/cat/1.png")).hasBinaryContent(new byte[] {1});
    assertThat(target.resolve("photos/dog/2.png")).hasBinaryContent(new byte[] {2});
    assertThat(target.resolve("__MACOSX")).doesNotExist();
    refused(
        Archives.zip(new TreeMap<>(Map.of("a/1", new byte[1], "a\\1", new byte[2]))),
        "the entry a/1 is there twice");
    refused(Archives.zip(Map.of("a\\..\\..\\out", new byte[1])), "leaves its folder");
  }

  @ParameterizedTest
  @CsvSource({"IBM437, Äpfel, Äpfel", "UTF-8, 猫, 猫", "Shift_JIS, ソ, â\\", "GBK, 苹果, ╞╗╣√"})
  void namesBeyondAsciiInAZipAreReadAsPythonReadsThem(String charset, String name, String read)
      throws IOException {
    Path target = folder.resolve("target");
    Map<String, byte[]> files = Map.of(name + "/1.png", new byte[] {1}, "x/1.png", new byte[] {2});
    assertThat(unpack(Archives.zip(files, Charset.forName(charset)), target)).isTrue();
    assertThat(target.resolve(read).resolve("1.png")).hasBinaryContent(new byte[] {1});
  }

  @ParameterizedTest
  @CsvSource({
    "7z, 377abcaf271c0004",
    "rar, 526172211a070100",
    "zst, 28b52ffd04000000",
  })
  void anArchiveOfAnotherKindIsNamed(String kind, String begin) throws IOException {
    byte[] file = Arrays.copyOf(HexFormat.of().parseHex(begin), 600);
    refused(file, "is a %s file, which is not unpacked; make a zip".formatted(kind));
  }

  @Test
  void aCompressedFileThatIsNoTarStaysAsItIs() throws IOException {
    Path target = folder.resolve("target");
    assertThat(unpack(IdxFiles.gzip(IdxFiles.images(9, 9, 9)), target)).isFalse();
    assertThat(unpack(IdxFiles.images(9, 9, 9), target)).isFalse();
    assertThat(target).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../out", "a/../../out", "/out", "a/..", "..\\out"})
  void aPathThatLeavesTheFolderIsRefusedByName(String name) throws IOException {
    for (byte[] archive :
        new byte[][] {
          Archives.tar(Map.of(name, new byte[1])), Archives.zip(Map.of(name, new byte[1]))
        }) {
      refused(archive, "has a path that leaves its folder");
    }
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(Path.of("/out")).doesNotExist();
  }

  @Test
  void aLinkIsRefusedByName() throws IOException {
    refused(Archives.tarWithLink("innocent", "/etc/passwd"), "innocent");
  }

  @Test
  void anArchiveThatGrowsAThousandfoldIsRefused() throws IOException {
    byte[] archive = Archives.tarGz(Map.of("zeros", new byte[1 << 20]));
    Path file = Files.write(folder.resolve("archive"), archive);
    assertThatExceptionOfType(TrainingFailure.class)
        .isThrownBy(
            () ->
                Archive.unpack(
                    file,
                    "archive",
                    folder.resolve("target"),
                    Recorder.patient(),
                    Room.OF_VOLUME,
                    1000))
        .withMessageContaining("zeros makes it more than");
  }

  @Test
  void aCutArchiveIsDamaged() throws IOException {
    byte[] content = new byte[100_000];
    new java.util.Random(1).nextBytes(content);
    Map<String, byte[]> files = Map.of("a", content);
    for (byte[] whole :
        new byte[][] {Archives.tar(files), Archives.tarGz(files), Archives.zip(files)}) {
      byte[] half = Arrays.copyOf(whole, whole.length / 2);
      refused(half, "damaged archive");
    }
  }

  @Test
  void aHardLinkIsAnotherNameOfAFileBeforeIt() throws IOException {
    Path target = folder.resolve("target");
    assertThat(
            unpack(
                Archives.tar(
                    Archives.file("a/one", new byte[] {1, 2}),
                    Archives.link(TarConstants.LF_LINK, "b/two", "a/one")),
                target))
        .isTrue();
    assertThat(target.resolve("b/two")).hasBinaryContent(new byte[] {1, 2});
    for (String to : new String[] {"/etc/passwd", "../out", "nowhere", "a", "self"}) {
      refused(
          Archives.tar(
              Archives.file("a/one", new byte[1]), Archives.link(TarConstants.LF_LINK, "self", to)),
          "the entry");
    }
  }

  static Stream<Arguments> hostile() throws IOException {
    byte[] content = new byte[900];
    new java.util.Random(3).nextBytes(content);
    byte[] twoFiles = Archives.zip(new TreeMap<>(Map.of("a/1", content, "a/2", content)));
    return Stream.of(
        arguments("a named pipe", special(TarConstants.LF_FIFO), "the entry pipe is a symbolic"),
        arguments("a device", special(TarConstants.LF_CHR), "the entry pipe is a symbolic"),
        arguments("a block device", special(TarConstants.LF_BLK), "the entry pipe is a symbolic"),
        arguments(
            "a symbolic link within",
            Archives.tar(Archives.link(TarConstants.LF_SYMLINK, "l", "a")),
            "the entry l is a symbolic link"),
        arguments(
            "a file below a link",
            Archives.tar(
                Archives.link(TarConstants.LF_SYMLINK, "l", "/tmp"),
                Archives.file("l/x", new byte[1])),
            "the entry l is a symbolic link"),
        arguments(
            "a name of 300 bytes",
            Archives.zip(Map.of("n".repeat(300), new byte[1])),
            "has a name of more than 255 bytes"),
        arguments(
            "a path of 4,000 bytes",
            Archives.zip(Map.of("n/".repeat(2000) + "x", new byte[1])),
            "has a path of more than"),
        arguments(
            "a name with a zero byte",
            Archives.zip(Map.of("a\0b", new byte[1])),
            "has a name that no file here can have"),
        arguments(
            "a name that is a file's and a folder's",
            Archives.tar(Archives.file("a", new byte[1]), Archives.file("a/b", new byte[1])),
            "damaged archive"),
        arguments(
            "a tar without its end",
            Arrays.copyOf(Archives.tar(Map.of("a/b", content)), 512 + 1024),
            "lacks the empty blocks at its end"),
        arguments(
            "headers without end", endlessHeader(), "the headers of an entry are longer than"),
        arguments("a zip with one byte changed", changed(twoFiles), "length or check sum differs"),
        arguments(
            "a zip whose directory lacks an entry",
            patched(twoFiles, 0x06054b50, 10, 3),
            "its directory has 2 entries and should have 3"),
        arguments(
            "a zip whose directory names another file",
            patched(twoFiles, 0x02014b50, 46, 'b'),
            "the entry b/1 of its directory is called a/1"),
        arguments("a zip whose entries overlap", overlapping(twoFiles), "lies within another"),
        arguments(
            "a zip with an entry twice",
            replaced(twoFiles, "a/2", "a/1"),
            "the entry a/1 is there twice"),
        arguments(
            "a zip with a named pipe",
            patched(twoFiles, 0x02014b50, 5, 3, 40, 0xA4, 41, 0x11),
            "is a link, a device or a named pipe"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void whatIsNotAsItShouldBeIsRefusedAndNothingIsLeft(String what, byte[] archive, String says) {
    refused(archive, says);
  }

  @Test
  void anArchiveThatTheVolumeHasNoRoomForIsGivenUpAndNothingIsLeft() throws IOException {
    byte[] content = new byte[3 << 20];
    new java.util.Random(4).nextBytes(content);
    Map<String, byte[]> files = Map.of("a", content);
    for (byte[] archive : new byte[][] {Archives.tarGz(files), Archives.zip(files)}) {
      Path file = Files.write(folder.resolve("archive"), archive);
      Path target = folder.resolve("target");
      Room room = into -> (1 << 20) - Archives.bytesBelow(into);
      assertThatExceptionOfType(TrainingFailure.class)
          .isThrownBy(() -> Archive.unpack(file, "archive", target, Recorder.patient(), room))
          .withMessageContaining("too large for the volume")
          .matches(e -> e.exitCode() == ExitCode.TEMPORARY_IO);
      assertThat(target).doesNotExist();
    }
  }

  private static byte[] special(byte type) throws IOException {
    return Archives.tar(Archives.link(type, "pipe", ""));
  }

  /** A name of 32 MiB. */
  private static byte[] endlessHeader() throws IOException {
    var header = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
    return IdxFiles.gzip(Archives.tar(Map.entry(header, new byte[32 << 20])));
  }

  private static byte[] changed(byte[] zip) {
    byte[] copy = zip.clone();
    copy[60] ^= 1; // within the first entry's content, which is stored
    return copy;
  }

  /** Other values for bytes of the first header with this signature. */
  private static byte[] patched(byte[] zip, int signature, int... offsetsAndValues) {
    byte[] copy = zip.clone();
    var bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (bytes.getInt(at) != signature) {
      at++;
    }
    for (int i = 0; i < offsetsAndValues.length; i += 2) {
      copy[at + offsetsAndValues[i]] = (byte) offsetsAndValues[i + 1];
    }
    return copy;
  }

  /** The second entry's place becomes the first one's. */
  private static byte[] overlapping(byte[] zip) {
    byte[] copy = zip.clone();
    var bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    int last = copy.length - 1;
    while (last > copy.length - 4 || bytes.getInt(last) != 0x02014b50) {
      last--;
    }
    bytes.putInt(last + 42, 0);
    return copy;
  }

  /** Another name of the same length, in the directory and before the entry. */
  private static byte[] replaced(byte[] zip, String name, String by) {
    String text = new String(zip, StandardCharsets.ISO_8859_1);
    return text.replace(name, by).getBytes(StandardCharsets.ISO_8859_1);
  }

  private boolean unpack(byte[] archive, Path target) throws IOException {
    Path file = Files.write(folder.resolve("archive"), archive);
    return Archive.unpack(file, "archive", target, Recorder.patient(), Room.OF_VOLUME);
  }

  private void refused(byte[] archive, String sentence) {
    Path target = folder.resolve("refused");
    assertThatExceptionOfType(TrainingFailure.class)
        .isThrownBy(() -> unpack(archive, target))
        .withMessageStartingWith("archive")
        .withMessageContaining(sentence)
        .matches(e -> e.exitCode() == ExitCode.BAD_CONFIGURATION);
    assertThat(target).doesNotExist();
  }
}
