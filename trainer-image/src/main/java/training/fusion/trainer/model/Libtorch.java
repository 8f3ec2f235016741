package training.fusion.trainer.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Loads libtorch once and picks the device. */
public final class Libtorch {
  private static final List<String> NO_MEMORY =
      List.of("out of memory", "can't allocate memory", "not enough memory");

  private static @Nullable FutureTask<Engine> loading;

  private Libtorch() {}

  /** libtorch could not be loaded, or the device that was asked for is not there. */
  public static final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DeviceException(String message, Throwable cause) {
      super(message, cause);
    }

    DeviceException(String message) {
      super(message);
    }
  }

  /** Whether a failure is for want of memory: its allocators say so in words only. */
  public static boolean isOutOfMemory(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return NO_MEMORY.stream().anyMatch(message::contains);
  }

  /**
   * Loads the natives in the background, a fifth of a second on a quiet machine: for a command that
   * will need them, but has files to read first. Operations get a thread for each core.
   */
  public static void prepare() {
    LoggerFactory.getILoggerFactory(); // two threads that ask for the first one make SLF4J complain
    Thread thread = new Thread(loading(Runtime.getRuntime().availableProcessors()), "libtorch");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Loads the natives (a second call does nothing) and returns the device.
   *
   * @param gpus how many GPUs the configuration asks for: 0 or 1
   * @param threads threads of one operation on the CPU, unless {@link #prepare} has said how many
   * @throws DeviceException in words: no natives for this platform, or no GPU where one is asked
   *     for
   */
  public static Device start(int gpus, int threads) {
    FutureTask<Engine> loaded = loading(threads);
    loaded.run(); // where it runs already, or has run, this does nothing
    Engine engine;
    try {
      engine = loaded.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeviceException("interrupted while libtorch was loaded", e);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      throw new DeviceException(
          "libtorch could not be loaded on %s %s: %s; the natives must be on the class path (pytorch-native-cpu) or in PYTORCH_LIBRARY_PATH"
              .formatted(
                  System.getProperty("os.name"), System.getProperty("os.arch"), cause.getMessage()),
          cause);
    }
    Barriers.watch(System.getenv(), threads);
    if (gpus == 0) {
      return Device.cpu();
    }
    if (engine.getGpuCount() < gpus) {
      throw new DeviceException(
          "pod.gpu.count is %d, but libtorch sees %d GPUs%s; or set pod.gpu.count: 0 to train on the CPU"
              .formatted(
                  gpus,
                  engine.getGpuCount(),
                  GpuSearch.here().whyNone().map(why -> ": " + why).orElse("")));
    }
    return Device.gpu();
  }

  private static synchronized FutureTask<Engine> loading(int threads) {
    if (loading == null) {
      loading = new FutureTask<>(() -> load(threads));
    }
    return loading;
  }

  private static Engine load(int threads) {
    System.setProperty("ai.djl.offline", "true"); // nothing is downloaded at run time
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    HostMemory.keepFreed(); // where it can't be had, steps are a little slower
    return Engine.getInstance();
  }

  /** From now on large tensors that are freed are the system's again; where it can be had. */
  public static void returnLarge() {
    HostMemory.returnLarge();
  }

  /** Whether the natives on the class path are those for CUDA; nothing is loaded. */
  public static boolean isForCuda() {
    try (InputStream properties =
        Libtorch.class.getResourceAsStream("/native/lib/pytorch.properties")) {
      return properties != null
          && new String(properties.readAllBytes(), StandardCharsets.ISO_8859_1)
              .matches("(?s).*\\bflavor=cu.*");
    } catch (IOException e) {
      return false; // as if there were none: loading them tells why
    }
  }

  /** How many GPUs libtorch sees, which is loaded only if it is for CUDA. */
  public static int gpusHere() {
    if (!isForCuda()) {
      return 0;
    }
    start(0, Runtime.getRuntime().availableProcessors());
    return gpus();
  }

  /** How many GPUs libtorch sees; {@link #start} comes first. */
  public static int gpus() {
    return Engine.getInstance().getGpuCount();
  }
}
