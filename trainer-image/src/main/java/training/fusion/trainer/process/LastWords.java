package training.fusion.trainer.process;

import java.util.concurrent.TimeUnit;

/** What a process says that has to end, in time that is bounded: a volume may not answer. */
public final class LastWords {
  private static final long LONGEST = TimeUnit.SECONDS.toMillis(10);

  private LastWords() {}

  /** Says them; returns when that is done, or has taken too long. */
  public static void say(Runnable words) {
    var thread = new Thread(words, "last-words");
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(LONGEST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
