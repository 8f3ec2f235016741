package training.fusion.trainer.process;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;

/**
 * How the process ends before its time. SIGTERM and SIGINT end it at once, unless there is
 * something to save: then they are a wish that the training thread looks at between two steps, and
 * the virtual machine's shutdown waits until it has saved and said how the process ends. A step may
 * be long: a second SIGINT, that is Ctrl-C, ends it at once all the same. An error that a thread
 * dies of ends it, too.
 */
public final class StopSignal {
  /** Known before they are needed: a class that is not loaded yet may not be loaded any more. */
  private static final int TERMINATED = ExitCode.TERMINATED.code();

  private static final int INTERNAL = ExitCode.INTERNAL.code();

  private static final String NO_WORDS =
      "the process could go on no more, nor say why: its memory (-Xmx) or its open files (ulimit -n) are used up, or its installation is damaged";

  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private volatile Consumer<TrainingFailure> teller =
      failure -> System.err.println(failure.getMessage());
  private final AtomicInteger interrupts = new AtomicInteger();
  private volatile boolean requested;
  private volatile @Nullable Supplier<TrainingFailure> unsaved;

  /** Listens from now on, to signals and to threads that die of an error. */
  public static StopSignal install() {
    var signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::shutDown, "stop"));
    Thread.setDefaultUncaughtExceptionHandler(signal::died);
    Interrupt.listen(signal::interrupted);
    return signal;
  }

  /** On a thread of its own for each SIGINT: the first one is in {@code exit} until the end. */
  private void interrupted() {
    int count = interrupts.incrementAndGet();
    if (count == 1) {
      System.exit(TERMINATED);
    }
    Supplier<TrainingFailure> lost = unsaved;
    try {
      if (count == 2 && lost != null) {
        LastWords.say(() -> teller.accept(lost.get()));
      }
    } finally {
      end(TERMINATED);
    }
  }

  private void shutDown() {
    requested = true;
    int code = TERMINATED;
    try {
      if (unsaved != null || exitCode.isDone()) {
        if (interrupts.get() > 0 && !exitCode.isDone()) {
          LoggerFactory.getLogger(StopSignal.class) // not before: see TERMINATED
              .info(
                  "stopping: the step under way is finished and saved first; Ctrl-C again ends at once");
        }
        code = exitCode.join();
      } else {
        LastWords.say(() -> teller.accept(FailureDescriptions.stoppedBefore()));
      }
    } finally {
      // not exit: a shutdown is under way, and its own code would be 130 for SIGINT
      end(code);
    }
  }

  private static void end(int code) {
    try {
      ProcessEnd.now(code);
    } finally { // where not even that class can be loaded
      Runtime.getRuntime().halt(code);
    }
  }

  private void died(Thread thread, Throwable e) {
    if (e instanceof Error) {
      failed(e);
    }
    System.err.println("the thread " + thread.getName() + " has ended unexpectedly");
    e.printStackTrace();
  }

  /**
   * Ends the process for an error after which nothing in it can be relied upon: memory or file
   * descriptors are used up, classes are missing. What cannot even be told ends it all the same.
   */
  public void failed(Throwable e) {
    int code = INTERNAL;
    try {
      TrainingFailure failure = FailureDescriptions.describe(e);
      code = failure.exitCode().code();
      LastWords.say(() -> teller.accept(failure));
    } catch (Throwable another) {
      System.err.println(NO_WORDS);
    } finally {
      end(code);
    }
  }

  /** Who tells why the process ends before its time; else it is said on standard error. */
  public void toldBy(Consumer<TrainingFailure> teller) {
    this.teller = teller;
  }

  /**
   * From now on a signal waits until the work under way is saved.
   *
   * @param unsaved what is to be told if it is not waited for, at the time
   */
  public void savesFromNowOn(Supplier<TrainingFailure> unsaved) {
    this.unsaved = unsaved;
  }

  /** Whether the process was asked to end. */
  public boolean isRequested() {
    return requested;
  }

  /** Ends the work under way if the process was asked to end. */
  public void throwIfRequested() throws StoppedException {
    if (requested) {
      throw new StoppedException();
    }
  }

  /** Asks as the signal would. */
  public void request() {
    requested = true;
  }

  /** Ends the process, also if a shutdown waits for that already. */
  public void exit(int code) {
    exitCode.complete(code);
    System.exit(code);
  }
}
