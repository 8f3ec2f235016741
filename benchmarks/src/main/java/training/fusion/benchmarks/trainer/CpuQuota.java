package training.fusion.benchmarks.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A control group of the kernel whose processes together get the time of one processor, as a pod
 * with {@code limits: {cpu: 1}}. It stays when they have ended, empty.
 */
record CpuQuota(Path group) {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String NAME = "fusion-benchmark";

  /** Empty where this process may not make one. */
  static Optional<CpuQuota> ofOneProcessor() {
    boolean second = Files.exists(ROOT.resolve("cgroup.controllers"));
    Path group = (second ? ROOT : ROOT.resolve("cpu")).resolve(NAME);
    try {
      Files.createDirectories(group);
      if (second) {
        Files.writeString(group.resolve("cpu.max"), "100000 100000");
      } else {
        Files.writeString(group.resolve("cpu.cfs_period_us"), "100000");
        Files.writeString(group.resolve("cpu.cfs_quota_us"), "100000");
      }
      return Optional.of(new CpuQuota(group));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What a command line begins with that runs in it. */
  List<String> before() {
    return List.of("sh", "-c", "echo $$ > \"$0\"/cgroup.procs && exec \"$@\"", group.toString());
  }
}
