package training.fusion.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import training.fusion.e2e.node.ImageTar.Layer;

/** What {@code -Pimages} has built, read from the tars. */
@DisplayName("The images")
@EnabledIfSystemProperty(named = "images", matches = ".+")
class ImagesTest {
  private static final String OURS =
      "app/(classes|resources|jib-).*|.*/(training\\.fusion\\.)?fusion-.*\\.jar|usr/share/sbom/.*|opt/fusion/(app|quarkus)/.*";
  private static final String NATIVES = ".*\\.so(\\.\\d+)*";
  private static final long MEGABYTE = 1_000_000;

  private static Map<Path, ImageTar> images = Map.of();

  @BeforeAll
  static void read() throws IOException {
    images =
        Map.of(
            RealNode.TRAINER, ImageTar.read(RealNode.TRAINER),
            RealNode.OPERATOR, ImageTar.read(RealNode.OPERATOR));
  }

  @Test
  void both_are_called_as_the_manifests_call_them_and_run_as_nobody_in_particular()
      throws IOException {
    String tag = ":" + System.getProperty("images");
    for (Path tar : List.of(RealNode.TRAINER, RealNode.OPERATOR)) {
      ImageTar image = image(tar);
      String name = tar.getFileName().toString().replace(".tar", "");
      assertThat(image.names()).containsExactly(name + tag);
      assertThat(image.configuration().at("/User").asText()).isEqualTo("65532:65532");
      JsonNode labels = image.configuration().at("/Labels");
      assertThat(label(labels, "title")).isEqualTo(name);
      assertThat(label(labels, "version")).isNotEmpty();
      assertThat(label(labels, "licenses")).isEqualTo("Apache-2.0");
      assertThat(label(labels, "description")).isNotEmpty();
      assertThat(label(labels, "revision")).matches("[0-9a-f]{40}(-dirty)?|unknown");
    }
    assertThat(image(RealNode.OPERATOR).configuration().at("/Env").toString())
        .contains("FUSION_TRAINER_IMAGE=fusion-trainer" + tag);
    assertThat(image(RealNode.TRAINER).configuration().at("/Env").toString())
        .contains("GLIBC_TUNABLES=glibc.malloc.hugetlb=1");
  }

  private static ImageTar image(Path tar) {
    return Objects.requireNonNull(images.get(tar));
  }

  private static String label(JsonNode labels, String name) {
    return labels.path("org.opencontainers.image." + name).asText();
  }

  @Test
  void a_change_of_ours_pushes_less_than_five_megabytes_and_no_native_library() throws IOException {
    for (Path tar : List.of(RealNode.TRAINER, RealNode.OPERATOR)) {
      List<Layer> ours = image(tar).layers().stream().filter(layer -> layer.has(OURS)).toList();
      assertThat(ours).hasSizeGreaterThanOrEqualTo(2);
      assertThat(ours).noneMatch(layer -> layer.has(NATIVES));
      assertThat(ours.stream().mapToLong(Layer::compressedBytes).sum())
          .isBetween(MEGABYTE / 10, 5 * MEGABYTE);
    }
  }

  @Test
  void the_trainer_has_its_natives_unpacked_and_once() throws IOException {
    ImageTar trainer = image(RealNode.TRAINER);
    assertThat(trainer.files("opt/.*"))
        .contains(
            "opt/libtorch/libtorch_cpu.so",
            "opt/libtorch/libdjl_torch.so",
            "opt/jna/libjnidispatch.so",
            "opt/fusion/examples/data/fashion-mnist/SHA256SUMS");
    assertThat(trainer.files(".*/pytorch-native-.*")).isEmpty();
    assertThat(trainer.files("app/libs/.*")).hasSizeGreaterThan(30);
  }

  @Test
  void the_bills_of_materials_name_every_library_that_is_in_the_images() throws IOException {
    ImageTar trainer = image(RealNode.TRAINER);
    Set<String> trainers = billed(trainer, "fusion-trainer");
    assertThat(trainer.files("app/libs/.*\\.jar")).allMatch(jar -> isBilled(jar, trainers));
    assertThat(trainers).anyMatch(name -> name.startsWith("pytorch-native-cpu-"));
    ImageTar operator = image(RealNode.OPERATOR);
    Set<String> operators = billed(operator, "fusion-training-operator");
    assertThat(operator.files("opt/fusion/lib/.*\\.jar")).allMatch(jar -> isBilled(jar, operators));
  }

  /** Jars are called {@code artifact-version}; Quarkus puts the group before. */
  private static boolean isBilled(String jar, Set<String> parts) {
    String name = jar.substring(jar.lastIndexOf('/') + 1).replaceFirst("\\.jar$", "");
    return parts.contains(name) || parts.stream().anyMatch(part -> name.endsWith("." + part));
  }

  private static Set<String> billed(ImageTar image, String name) throws IOException {
    JsonNode bill = image.json("usr/share/sbom/" + name + ".cdx.json");
    assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
    return StreamSupport.stream(bill.path("components").spliterator(), false)
        .map(part -> part.path("name").asText() + "-" + part.path("version").asText())
        .collect(Collectors.toSet());
  }
}
