package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.model.GpuFindings.Device;

@DisplayName("What is found of NVIDIA GPUs")
class GpuFindingsTest {
  /** As libtorch 2.3.1 for CUDA 12.1 describes its build where it sees a GPU. */
  private static final String CONFIGURATION =
      """
        - CPU capability usage: AVX512
        - CUDA Runtime 12.1
        - NVCC architecture flags: -gencode;arch=compute_50,code=sm_50;-gencode;arch=compute_60,code=sm_60;-gencode;arch=compute_70,code=sm_70;-gencode;arch=compute_75,code=sm_75;-gencode;arch=compute_80,code=sm_80;-gencode;arch=compute_86,code=sm_86;-gencode;arch=compute_90,code=sm_90
        - CuDNN 8.9.2
      """;

  private static final List<String> KERNELS = GpuFindings.architectures(CONFIGURATION);

  /** A machine on which everything is there, but CUDA counts no GPU; then what is changed of it. */
  private static final class Machine {
    @Nullable String cuda = "12.1";
    @Nullable String driver = "535.104.05";
    List<String> deviceFiles = List.of("nvidia0");
    boolean driverLibrary = true;
    @Nullable String runtimeLibrary = "/opt/cuda/libcudart.so.12";
    @Nullable String visible;

    String whyNone() {
      return found(List.of(), List.of()).whyNone().orElseThrow();
    }

    GpuFindings found(List<Device> devices, List<String> architectures) {
      return new GpuFindings(
          cuda,
          driver,
          List.of(),
          deviceFiles,
          driverLibrary,
          runtimeLibrary,
          visible,
          devices,
          architectures);
    }
  }

  private static List<String> unsupported(int capability, List<String> architectures) {
    var device = new Device(0, "NVIDIA card", capability, 16L << 30);
    return new Machine().found(List.of(device), architectures).unsupported();
  }

  @Test
  @DisplayName("is the driver's version, of the closed module and of the open one")
  void driver() {
    assertThat(
            GpuFindings.driverVersion(
                """
                NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023
                GCC version:  gcc version 11.4.0 (Ubuntu 11.4.0-1ubuntu1~22.04)
                """))
        .contains("535.104.05");
    assertThat(
            GpuFindings.driverVersion(
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.03  Release Build  (root@build)"))
        .contains("580.159.03");
    assertThat(GpuFindings.driverVersion("GCC version:  gcc version 11.4.0")).isEmpty();
  }

  @Test
  @DisplayName("is read of the files that the driver and the system keep")
  void files(@TempDir Path folder) throws IOException {
    assertThat(GpuSearch.driver(folder)).isEmpty();
    assertThat(GpuSearch.models(folder)).isEmpty();
    assertThat(GpuSearch.deviceFiles(folder.resolve("dev"))).isEmpty();

    Files.writeString(folder.resolve("version"), "NVRM version: NVIDIA UNIX x86_64  525.85.12");
    for (String place : List.of("0000:3b:00.0", "0000:af:00.0")) {
      Path gpu = Files.createDirectories(folder.resolve("gpus").resolve(place));
      Files.writeString(gpu.resolve("information"), "Model: \t\t NVIDIA L4\nIRQ:   \t\t 16\n");
    }
    Path dev = Files.createDirectory(folder.resolve("dev"));
    for (String name : List.of("nvidia0", "nvidia10", "nvidiactl", "nvidia-uvm", "null")) {
      Files.createFile(dev.resolve(name));
    }

    assertThat(GpuSearch.driver(folder)).contains("525.85.12");
    assertThat(GpuSearch.models(folder)).containsExactly("NVIDIA L4", "NVIDIA L4");
    assertThat(GpuSearch.deviceFiles(dev)).containsExactly("nvidia0", "nvidia10");
  }

  @Test
  @DisplayName("is no GPU for libtorch for the CPU, whatever else is there")
  void forTheCpu() {
    var machine = new Machine();
    machine.cuda = null;
    assertThat(machine.whyNone()).contains("the one for the CPU").contains("./fusion --cuda");
  }

  @Test
  @DisplayName("is no GPU without a driver, with one that is too old, and without its library")
  void withoutDriver() {
    var none = new Machine();
    none.driver = null;
    none.driverLibrary = false;
    assertThat(none.whyNone()).contains("driver is not here").contains("runtime class");

    var old = new Machine();
    old.driver = "470.223.02";
    assertThat(old.whyNone())
        .isEqualTo("NVIDIA's driver is 470.223.02, and CUDA 12.1 needs 525.60 or later");
    old.driver = "525.60.13";
    assertThat(old.whyNone()).doesNotContain("needs");

    var unmounted = new Machine();
    unmounted.driverLibrary = false;
    assertThat(unmounted.whyNone())
        .contains("535.104.05 is loaded, but its libcuda.so.1 is not to be found");
  }

  @Test
  @DisplayName("is no GPU where none was given, or all are hidden")
  void notGiven() {
    var none = new Machine();
    none.deviceFiles = List.of();
    assertThat(none.whyNone()).contains("no /dev/nvidia0").contains("device plugin");

    var hidden = new Machine();
    hidden.visible = "-1";
    assertThat(hidden.whyNone()).isEqualTo("CUDA_VISIBLE_DEVICES is \"-1\", which hides every GPU");
  }

  @Test
  @DisplayName("is no GPU where DJL does not find the library by which it counts; its name is told")
  void notCounted() {
    var machine = new Machine();
    machine.runtimeLibrary = null;
    assertThat(machine.whyNone()).contains("libcudart.so.12").contains("jna.library.path");
  }

  @Test
  @DisplayName("is named where nothing is wrong, and CUDA counts none all the same")
  void unexplained() {
    assertThat(new Machine().whyNone())
        .contains("535.104.05, nvidia0 and /opt/cuda/libcudart.so.12 are here")
        .contains("nvidia-smi");
  }

  @Test
  @DisplayName("needs no reason where there is a GPU")
  void counted() {
    var device = new Device(0, "NVIDIA H100 80GB HBM3", 90, 85_520_809_984L);
    GpuFindings found = new Machine().found(List.of(device), KERNELS);
    assertThat(found.whyNone()).isEmpty();
    assertThat(found.unsupported()).isEmpty();
    assertThat(found.capabilities()).isEqualTo("5.0, 6.0, 7.0, 7.5, 8.0, 8.6, 9.0");
    assertThat(device).hasToString("NVIDIA H100 80GB HBM3, compute capability 9.0, 81,559 MiB");
  }

  @Test
  @DisplayName("is a GPU without kernels: newer than they are, or older")
  void withoutKernels() {
    assertThat(unsupported(89, KERNELS)).as("sm_86 runs on 8.9").isEmpty();
    assertThat(unsupported(100, KERNELS))
        .singleElement()
        .asString()
        .startsWith("GPU 0 has compute capability 10.0, and this libtorch for CUDA 12.1 has")
        .contains("DJL publishes no newer ones for CUDA")
        .contains("pod.nodeSelector");
    assertThat(unsupported(120, KERNELS)).hasSize(1);
    assertThat(unsupported(37, KERNELS)).singleElement().asString().contains("is too old");
  }

  @Test
  @DisplayName(
      "is a newer GPU that compiles portable kernels itself, and none where nothing is known")
  void portable() {
    assertThat(unsupported(120, List.of("sm_90", "compute_90"))).isEmpty();
    assertThat(unsupported(120, List.of())).isEmpty();
  }
}
