package training.fusion.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is found of NVIDIA GPUs on a machine, and what follows from it.
 *
 * @param cuda the version of CUDA that libtorch here is for; null: it is for the CPU
 * @param driver NVIDIA's, as its module in the kernel says; null: there is none
 * @param models of the cards that the driver knows, whether or not this process has them
 * @param deviceFiles names of those that a process computes through, as {@code nvidia0}
 * @param driverLibrary whether {@code libcuda.so.1}, the driver's side of CUDA, can be loaded
 * @param runtimeLibrary where DJL finds the library by which it counts; null: nowhere
 * @param visible {@code CUDA_VISIBLE_DEVICES}; null: not set
 * @param devices those that libtorch computes on
 * @param architectures what libtorch's kernels were built for, as {@code sm_90} and {@code
 *     compute_90}; empty: it does not say, as where it sees no GPU
 */
public record GpuFindings(
    @Nullable String cuda,
    @Nullable String driver,
    List<String> models,
    List<String> deviceFiles,
    boolean driverLibrary,
    @Nullable String runtimeLibrary,
    @Nullable String visible,
    List<Device> devices,
    List<String> architectures) {
  /** What DJL's {@code cudart} is called on Linux, of any CUDA 12. */
  private static final String RUNTIME = "libcudart.so.12";

  /** The first driver that runs programs of any CUDA 12. */
  private static final String OLDEST_DRIVER = "525.60";

  private static final Pattern NUMBERS = Pattern.compile("\\b(\\d+)\\.(\\d+)(?:\\.\\d+)?\\b");
  private static final Pattern KERNELS = Pattern.compile("code=((?:sm|compute)_\\d+)");

  public GpuFindings {
    models = List.copyOf(models);
    deviceFiles = List.copyOf(deviceFiles);
    devices = List.copyOf(devices);
    architectures = List.copyOf(architectures);
  }

  /**
   * A GPU that libtorch sees.
   *
   * @param model as the driver calls it; null: it does not say which card this is
   * @param capability ten times the major number and the minor one, as 86
   */
  public record Device(int index, @Nullable String model, int capability, long bytes) {
    @Override
    public String toString() {
      return "%s, compute capability %s, %,d MiB"
          .formatted(model == null ? "a GPU" : model, dotted(capability), bytes >> 20);
    }
  }

  /** The version in a text in the form of {@code /proc/driver/nvidia/version}. */
  static Optional<String> driverVersion(String text) {
    return text.lines()
        .filter(line -> line.startsWith("NVRM version:"))
        .map(NUMBERS::matcher)
        .filter(Matcher::find)
        .map(Matcher::group)
        .findFirst();
  }

  /** The card's name in one in the form of {@code /proc/driver/nvidia/gpus/…/information}. */
  static Optional<String> model(String text) {
    return text.lines()
        .filter(line -> line.startsWith("Model:"))
        .map(line -> line.substring("Model:".length()).strip())
        .findFirst();
  }

  /** What kernels are built for, in libtorch's own description of its build. */
  static List<String> architectures(String configuration) {
    List<String> found = new ArrayList<>();
    Matcher matcher = KERNELS.matcher(configuration);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  /** Why there is no GPU to compute on, and what to do; empty: there is one. */
  public Optional<String> whyNone() {
    if (!devices.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(reason());
  }

  private String reason() {
    if (cuda == null) {
      return "this libtorch is the one for the CPU; take the image whose tag ends in -cu121, or on a machine of your own ./fusion --cuda COMMAND";
    }
    if (driver == null && !driverLibrary) {
      return "NVIDIA's driver is not here (no /proc/driver/nvidia/version, no libcuda.so.1); check the node's driver, and the pod's runtime class";
    }
    if (driver != null && isOlder(driver, OLDEST_DRIVER)) {
      return "NVIDIA's driver is %s, and CUDA %s needs %s or later"
          .formatted(driver, cuda, OLDEST_DRIVER);
    }
    if (!driverLibrary) {
      return "the driver %s is loaded, but its libcuda.so.1 is not to be found here: in a container NVIDIA's runtime brings it; check the pod's runtime class"
          .formatted(driver);
    }
    if (visible != null && (visible.isBlank() || visible.startsWith("-"))) {
      return "CUDA_VISIBLE_DEVICES is \"%s\", which hides every GPU".formatted(visible);
    }
    if (deviceFiles.isEmpty()) {
      return "the driver is here, but no /dev/nvidia0: this process was given no GPU; check that the pod asks for one and that the node's device plugin runs";
    }
    if (runtimeLibrary == null) {
      return "DJL counts GPUs by %s, and none is in jna.library.path (%s); libtorch's own file has another name: copy it there under this one"
          .formatted(RUNTIME, System.getProperty("jna.library.path", "not set"));
    }
    return "CUDA counts none, though the driver%s, %s and %s are here; nvidia-smi on the node says more"
        .formatted(
            driver == null ? "" : " " + driver, String.join(", ", deviceFiles), runtimeLibrary);
  }

  /** What is to be known of each GPU that this libtorch has no kernels for. */
  public List<String> unsupported() {
    return architectures.isEmpty()
        ? List.of()
        : devices.stream()
            .filter(device -> architectures.stream().noneMatch(it -> runs(it, device.capability())))
            .map(this::withoutKernels)
            .toList();
  }

  private String withoutKernels(Device device) {
    return "GPU %d has compute capability %s, and this libtorch for CUDA %s has kernels for %s: %s"
        .formatted(
            device.index(),
            dotted(device.capability()),
            cuda,
            capabilities(),
            device.capability() > newest()
                ? "DJL publishes no newer ones for CUDA (cu124, libtorch 2.5.1, ends at 9.0, too); choose an older GPU by pod.nodeSelector, or set pod.gpu.count: 0 to train on the CPU"
                : "this GPU is too old; choose a newer one by pod.nodeSelector, or set pod.gpu.count: 0 to train on the CPU");
  }

  /**
   * Compiled code runs on the same major number from its minor one on, the portable on any later.
   */
  private static boolean runs(String architecture, int capability) {
    int built = number(architecture);
    return architecture.startsWith("compute_")
        ? built <= capability
        : built / 10 == capability / 10 && built <= capability;
  }

  private int newest() {
    return architectures.stream().mapToInt(GpuFindings::number).max().orElseThrow();
  }

  /** What the kernels are for, in words; empty where libtorch does not say. */
  public String capabilities() {
    return architectures.stream()
        .map(GpuFindings::number)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .map(GpuFindings::dotted)
        .collect(Collectors.joining(", "));
  }

  private static int number(String architecture) {
    return Integer.parseInt(architecture.substring(architecture.indexOf('_') + 1));
  }

  private static String dotted(int capability) {
    return capability / 10 + "." + capability % 10;
  }

  private static boolean isOlder(String driver, String than) {
    Matcher one = NUMBERS.matcher(driver);
    Matcher other = NUMBERS.matcher(than);
    if (!one.find() || !other.find()) {
      return false;
    }
    int major = Integer.compare(Integer.parseInt(one.group(1)), Integer.parseInt(other.group(1)));
    return major < 0
        || (major == 0 && Integer.parseInt(one.group(2)) < Integer.parseInt(other.group(2)));
  }
}
