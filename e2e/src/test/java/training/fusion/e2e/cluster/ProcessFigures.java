package training.fusion.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a process takes of this machine; Linux only. */
public record ProcessFigures(ProcessHandle process) {
  /** Its resident memory, in bytes. */
  public long residentBytes() {
    return memory("VmRSS:");
  }

  /** The most resident memory that it ever had, in bytes. */
  public long peakResidentBytes() {
    return memory("VmHWM:");
  }

  /** The processor time that it took so far, its start included. */
  public Duration processorTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  private long memory(String field) {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith(field))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
