package training.fusion.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code ./fusion run} as a process, as the script starts it. */
record Launcher(Process process, Path standardOutput, Path standardError) {
  static Launcher start(Path folder, String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dfusion.root=" + Repository.root(), "-cp"));
    line.add(System.getProperty("java.class.path"));
    line.add(Main.class.getName());
    line.add("run");
    line.addAll(List.of(arguments));
    Files.createDirectories(folder);
    File out = Files.createTempFile(folder, "launcher", ".out").toFile();
    File err = Files.createTempFile(folder, "launcher", ".err").toFile();
    Process process = new ProcessBuilder(line).redirectOutput(out).redirectError(err).start();
    return new Launcher(process, out.toPath(), err.toPath());
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  String output() throws IOException {
    return Files.readString(standardOutput);
  }

  String errors() throws IOException {
    return Files.readString(standardError);
  }
}
