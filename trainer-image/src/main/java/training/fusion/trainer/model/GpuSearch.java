package training.fusion.trainer.model;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks for NVIDIA GPUs: in the kernel's files, by the libraries, and by libtorch. */
public final class GpuSearch {
  private GpuSearch() {}

  /** On this machine; {@link Libtorch#start} comes first. */
  public static GpuFindings here() {
    Path driver = Path.of("/proc/driver/nvidia");
    List<String> models = models(driver);
    String runtime = library("cudart");
    return new GpuFindings(
        LibtorchBuild.setting("CUDA_VERSION").orElse(null),
        driver(driver).orElse(null),
        models,
        deviceFiles(Path.of("/dev")),
        library("cuda") != null,
        runtime,
        System.getenv("CUDA_VISIBLE_DEVICES"),
        devices(models),
        LibtorchBuild.architectures());
  }

  /** What its module says of itself in the folder that it keeps. */
  static Optional<String> driver(Path folder) {
    return text(folder.resolve("version")).flatMap(GpuFindings::driverVersion);
  }

  /** The cards that it knows, in the order of their places on the bus. */
  static List<String> models(Path folder) {
    return children(folder.resolve("gpus")).stream()
        .map(gpu -> text(gpu.resolve("information")).flatMap(GpuFindings::model))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Names of the files that stand for GPUs, without those for all of them together. */
  static List<String> deviceFiles(Path folder) {
    return children(folder).stream()
        .map(file -> String.valueOf(file.getFileName()))
        .filter(name -> name.matches("nvidia\\d+"))
        .toList();
  }

  /** CUDA numbers the fastest first, the kernel by their places: alike, they have one name. */
  private static List<GpuFindings.Device> devices(List<String> models) {
    List<GpuFindings.Device> devices = new ArrayList<>();
    String model = models.stream().distinct().count() == 1 ? models.get(0) : null;
    for (int i = 0; i < Libtorch.gpus(); i++) {
      devices.add(
          new GpuFindings.Device(
              i,
              model,
              Integer.parseInt(CudaUtils.getComputeCapability(i)),
              CudaUtils.getGpuMemory(Device.gpu(i)).getMax()));
    }
    return devices;
  }

  /** The file that JNA finds by a name, as DJL looks for it; null: none. */
  private static @Nullable String library(String name) {
    try {
      return String.valueOf(NativeLibrary.getInstance(name).getFile());
    } catch (UnsatisfiedLinkError e) {
      return null;
    }
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
