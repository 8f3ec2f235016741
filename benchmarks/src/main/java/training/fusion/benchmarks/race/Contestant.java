package training.fusion.benchmarks.race;

/** Who takes part in a race: it works when it is its turn, and waits otherwise. */
public interface Contestant extends AutoCloseable {
  /**
   * A round's work.
   *
   * @param units pieces of work that were done, such as images
   */
  record Round(double seconds, double units) {
    /** Pieces of work in a second. */
    public double perSecond() {
      return units / seconds;
    }
  }

  /** What it is called in the table. */
  String name();

  /** From its start to the end of its first piece of work. */
  double startSeconds();

  /** Works for a round, while all others wait. */
  Round round();

  /** Ends it, and tells the most memory that it held resident, in bytes. */
  long end();

  @Override
  void close();
}
