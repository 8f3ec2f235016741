package training.fusion.trainer.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of a few bytes: a tmpfs that a process mounts in a user and mount namespace of its
 * own, which asks for no privileges. It is seen from outside through {@code /proc}, and goes with
 * the process. Linux only.
 */
public final class SmallDisk implements AutoCloseable {
  private static final String MOUNT =
      """
      mount -t tmpfs -o size="$1" tmpfs "$0" && echo mounted || exit
      while read size; do mount -o remount,size="$size" "$0" && echo mounted; done
      """;

  private final Process process;
  private final BufferedReader answers;
  private final Writer sizes;
  private final Path folder;

  private SmallDisk(Process process, Path folder) {
    this.process = process;
    this.answers = process.inputReader();
    this.sizes = process.outputWriter();
    this.folder = folder;
  }

  /**
   * Mounts one.
   *
   * @param folder is made; what is mounted there is seen at {@link #root} only
   * @throws IOException saying why there cannot be one
   */
  public static SmallDisk mount(Path folder, long bytes) throws IOException {
    Files.createDirectories(folder);
    Process process =
        new ProcessBuilder(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                MOUNT,
                folder.toString(),
                String.valueOf(bytes))
            .redirectErrorStream(true)
            .start();
    var disk = new SmallDisk(process, folder);
    try {
      disk.awaitMounted();
      return disk;
    } catch (IOException e) {
      disk.close();
      throw e;
    }
  }

  private void awaitMounted() throws IOException {
    String answer = answers.readLine();
    if (!"mounted".equals(answer)) {
      throw new IOException("no tmpfs in a user namespace: " + answer);
    }
  }

  /** Makes it larger or smaller. */
  void resize(long bytes) throws IOException {
    sizes.write(bytes + "\n");
    sizes.flush();
    awaitMounted();
  }

  /** Where it is seen. */
  public Path root() {
    return Path.of("/proc/%d/root%s".formatted(process.pid(), folder));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
