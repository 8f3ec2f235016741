package training.fusion.trainer.model;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a device has left. */
public final class DeviceMemory {
  private DeviceMemory() {}

  /**
   * Bytes that can still be taken: on a GPU as the driver says; on a CPU what the system could
   * free, within the container's limit.
   */
  public static long available(Device device) {
    if (device.isGpu()) {
      MemoryUsage usage = CudaUtils.getGpuMemory(device);
      return usage.getMax() - usage.getCommitted();
    }
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long total = system.getTotalMemorySize(); // within the container's limit
    long own = kibibytes(Path.of("/proc/self/status"), "VmRSS:", 0);
    long free = kibibytes(Path.of("/proc/meminfo"), "MemAvailable:", total / 2);
    return Math.max(0, Math.min(free, total - own));
  }

  /** A line of one of Linux's files in bytes; elsewhere {@code otherwise}. */
  private static long kibibytes(Path file, String name, long otherwise) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(number -> 1024 * Long.parseLong(number))
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}
