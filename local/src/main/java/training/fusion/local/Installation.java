package training.fusion.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunEnvironment;
import training.fusion.local.node.ParentDeathWatch;

/**
 * What the build left in the repository.
 *
 * @param root the repository
 */
public record Installation(Path root) {
  /**
   * Seconds that an operator whose launcher was killed has to end in good order. With the time that
   * the pipe's end takes to be seen, nothing is left after ten.
   */
  private static final int OPERATOR_SECONDS = 8;

  private static final int WARNS_OF_NATIVE_CODE = 22;
  private static final int WARNS_OF_UNSAFE = 24;

  /**
   * How the operator's image starts it, with the heap that it takes of the memory that {@code
   * deploy} gives it: a quarter of 384 MiB.
   */
  public static final List<String> OPERATOR_OPTIONS =
      List.of(
          "-Xmx96m",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+UseSerialGC",
          "-XX:NewRatio=5",
          "-XX:TieredStopAtLevel=1",
          "-Djdk.tls.client.cipherSuites=TLS_CHACHA20_POLY1305_SHA256,TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384");

  /**
   * What a training's container runs: the trainer, on a leash.
   *
   * @param processors as many as it may use, as in a container with a limit; null: all there are
   * @param grace that it has after the launcher's death, as after SIGTERM: to finish a step, and to
   *     save
   */
  public List<String> trainer(@Nullable Integer processors, Duration grace) {
    return trainerCommand(processors, grace, "train");
  }

  /** Whether the trainer's libtorch is the one for NVIDIA's GPUs. */
  public boolean hasCuda() {
    return Files.isDirectory(cuda());
  }

  /** Where the build puts CUDA's runtime, by which GPUs are counted. */
  private Path cuda() {
    return root.resolve("trainer-image/target/natives/cuda");
  }

  /** One of the trainer's commands, on a leash. */
  List<String> trainerCommand(@Nullable Integer processors, Duration grace, String command) {
    Path libraries = root.resolve("trainer-image/target/trainer/lib");
    require(libraries, "the trainer");
    List<String> options = new ArrayList<>(List.of("-XX:+UseSerialGC"));
    // beside the build: a home or temporary folder that can't be written to does no harm
    options.add("-Djna.tmpdir=" + cache().resolve("tmp"));
    if (processors != null) {
      options.add("-XX:ActiveProcessorCount=" + processors);
    }
    options.addAll(sharing(System.getProperty("fusion.classes", "")));
    if (hasCuda()) {
      options.add("-Djna.library.path=" + cuda());
    }
    int version = Runtime.version().feature();
    if (version >= WARNS_OF_NATIVE_CODE) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    if (version >= WARNS_OF_UNSAFE) {
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    return java(
        options,
        libraries.resolve("*"),
        grace.toSeconds(),
        "training.fusion.trainer.Main",
        command);
  }

  /**
   * How a trainer gets its classes, or helps the next one to get them faster.
   *
   * @param file as {@code ./fusion} says: an archive of them, where a list of them goes, or empty
   */
  private static List<String> sharing(String file) {
    if (file.isEmpty()) {
      return List.of();
    }
    return file.endsWith(".jsa")
        ? List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds=off")
        : List.of("-XX:DumpLoadedClassList=" + file);
  }

  /**
   * Variables that the trainer needs: it unpacks libtorch beside the build, asks nobody, and has
   * its tensors in huge pages, as in the image. All share the pictures that one has decoded.
   */
  public Map<String, String> environment() {
    String libtorch = cache().resolve("djl").toString();
    return Map.of(
        "DJL_CACHE_DIR",
        libtorch,
        "ENGINE_CACHE_DIR",
        libtorch,
        "DJL_OFFLINE",
        "true",
        "OPT_OUT_TRACKING",
        "true",
        "GLIBC_TUNABLES",
        "glibc.malloc.hugetlb=1",
        RunEnvironment.PICTURES,
        cache().resolve("pictures").toString());
  }

  /**
   * Starts the operator as it is shipped, on a leash, with these settings of the virtual machine.
   */
  public List<String> operator(List<String> settings) {
    List<String> options = new ArrayList<>(settings);
    options.addAll(OPERATOR_OPTIONS);
    Path jar = operatorJar();
    options.addAll(opened(jar));
    return java(options, jar, OPERATOR_SECONDS, "io.quarkus.runner.GeneratedMain");
  }

  /**
   * The packages that the operator's manifest opens, as options: on a class path the manifest does
   * not count, and from Java 24 on each of its threads would end with a stack trace.
   */
  private static List<String> opened(Path jar) {
    try (var file = new JarFile(jar.toFile())) {
      String packages = file.getManifest().getMainAttributes().getValue("Add-Opens");
      return packages == null
          ? List.of()
          : Stream.of(packages.strip().split(" +"))
              .map("--add-opens=%s=ALL-UNNAMED"::formatted)
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Folder of what is kept between runs, such as libtorch unpacked. */
  public Path cache() {
    return root.resolve(".fusion");
  }

  private Path operatorJar() {
    Path target = root.resolve("operator/target");
    require(target, "the operator");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-runner.jar"))
          .findFirst()
          .orElseThrow(() -> notBuilt(target.resolve("*-runner.jar"), "the operator"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> java(
      List<String> options, Path classPath, long leash, String main, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.add("-cp");
    // the leash comes last: our log settings are not theirs
    line.add(classPath + System.getProperty("path.separator") + ourselves());
    line.add(ParentDeathWatch.class.getName());
    line.add(String.valueOf(leash));
    line.add(main);
    line.addAll(List.of(arguments));
    return line;
  }

  private static Path ourselves() {
    try {
      return Path.of(
          ParentDeathWatch.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void require(Path path, String what) {
    if (!Files.exists(path)) {
      throw notBuilt(path, what);
    }
  }

  private static IllegalStateException notBuilt(Path path, String what) {
    return new IllegalStateException(
        "%s is not built: %s does not exist; ./fusion run builds it, so does mvn package"
            .formatted(what, path));
  }
}
