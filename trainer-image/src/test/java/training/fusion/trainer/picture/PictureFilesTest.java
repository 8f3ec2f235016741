package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Against what Pillow made of the files that {@code oracle/picture_files.py} has drawn. {@code
 * -Dpictures.files=FILE.zip} takes another zip of that program's, and says for each kind how many
 * of its files are as Pillow's, and how far the others are off.
 */
@DisplayName("A picture file as people have it")
class PictureFilesTest {
  private static final @Nullable String OTHERS = System.getProperty("pictures.files");
  private static final Path FILES =
      Path.of(OTHERS != null ? OTHERS : "src/test/golden/picture-files.zip");

  /** Refused here; Pillow reads one in some ten of them. */
  private static final String WITHOUT_END = "jpeg-no-end";

  /**
   * What libjpeg 6b, which many JDKs bring, reads otherwise than Pillow's libjpeg-turbo, or not.
   */
  private static final Set<String> OF_TURBO = Set.of("jpeg-tall-sampling", "jpeg-doubled-names");

  /** A file, in an order that is not that of its kind, so that readers are used again. */
  private record Drawn(String name, JsonNode expected) {
    String kind() {
      return name.substring(5, name.lastIndexOf('.'));
    }
  }

  @Test
  @DisplayName("has the samples that Pillow finds, whatever its thread decoded before")
  void hasPillowsSamples() throws Exception {
    Map<String, Tally> kinds = new TreeMap<>();
    try (var zip = new ZipFile(FILES.toFile())) {
      List<Drawn> files = files(zip);
      for (int order = 0; order < 2; order++) {
        for (Drawn file : files) {
          kinds.computeIfAbsent(file.kind(), kind -> new Tally()).add(file, zip, order == 0);
        }
        Collections.shuffle(files, new Random(5));
      }
    }
    if (OTHERS != null) {
      kinds.values().stream().flatMap(kind -> kind.told.stream()).forEach(System.out::println);
      kinds.forEach((kind, tally) -> System.out.println("| " + kind + " | " + tally + " |"));
    }
    assertThat(kinds).hasSizeGreaterThanOrEqualTo(33);
    assertThat(kinds.remove(WITHOUT_END).largest).isZero();
    if (hasOldLibjpeg()) {
      kinds.keySet().removeAll(OF_TURBO);
    }
    assertThat(kinds.values()).flatExtracting(kind -> kind.different).isEmpty();
  }

  /** Whether the JDK's decoder is not linked to a libjpeg of the system, but has one in itself. */
  private static boolean hasOldLibjpeg() throws IOException {
    Path folder = Path.of(System.getProperty("java.home"), "lib");
    Path decoder = folder.resolve(System.mapLibraryName("javajpeg"));
    return new String(Files.readAllBytes(decoder), StandardCharsets.ISO_8859_1)
        .contains("6b  27-Mar-1998");
  }

  private static List<Drawn> files(ZipFile zip) throws IOException {
    JsonNode pictures = new ObjectMapper().readTree(content(zip, "expected.json")).get("pictures");
    List<Drawn> files = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : pictures.properties()) {
      files.add(new Drawn(entry.getKey(), entry.getValue()));
    }
    return files;
  }

  private static byte[] content(ZipFile zip, String name) throws IOException {
    try (var stream = zip.getInputStream(zip.getEntry(name))) {
      return stream.readAllBytes();
    }
  }

  /** What became of the files of a kind. */
  private static final class Tally {
    private int equal;
    private int bothRefuse;
    private int pillowRefuses;
    private int largest;
    private final Set<String> different = new TreeSet<>();
    private final Set<String> told = new TreeSet<>();

    /** Decodes a file and compares it; what is no difference is counted the first time. */
    void add(Drawn file, ZipFile zip, boolean first) throws Exception {
      Picture picture = null;
      String refusal = "";
      try {
        picture = PictureDecoder.decode(content(zip, file.name));
      } catch (DamagedPicture e) {
        refusal = String.valueOf(e.getMessage());
      }
      if (file.expected.has("refused")) {
        bothRefuse += first && picture == null ? 1 : 0;
        pillowRefuses += first && picture != null ? 1 : 0;
        told.add(
            "%s: Pillow: %s; here: %s"
                .formatted(
                    file.name,
                    file.expected.get("refused").asText(),
                    picture == null ? refusal : "read"));
      } else if (picture == null) {
        differs(file, refusal);
      } else if (sameSamples(file, picture)) {
        equal += first ? 1 : 0;
      } else {
        int off = off(zip, file, picture);
        largest = Math.max(largest, off);
        differs(file, off + " off");
      }
    }

    private void differs(Drawn file, String how) {
      different.add(file.name + ": " + how);
      told.add(file.name + ": " + how);
    }

    private static boolean sameSamples(Drawn file, Picture picture) throws Exception {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(picture.samples());
      return picture.width() == file.expected.get("width").asInt()
          && picture.height() == file.expected.get("height").asInt()
          && HexFormat.of().formatHex(digest).equals(file.expected.get("sha256").asText());
    }

    /** How many grey levels the worst sample is off; 255 if the zip does not have Pillow's. */
    private static int off(ZipFile zip, Drawn file, Picture picture) throws IOException {
      if (zip.getEntry(file.name + ".rgb") == null) {
        return 255;
      }
      byte[] expected = content(zip, file.name + ".rgb");
      int off = 0;
      for (int i = 0; i < expected.length; i++) {
        off = Math.max(off, Math.abs((expected[i] & 0xff) - (picture.samples()[i] & 0xff)));
      }
      return off;
    }

    @Override
    public String toString() {
      return "%d | %d | %d | %d | %d"
          .formatted(equal, bothRefuse, pillowRefuses, different.size(), largest);
    }
  }
}
