package training.fusion.benchmarks.trainer;

/** Work that is done again and again. */
interface Task extends AutoCloseable {
  /**
   * Does it once.
   *
   * @return how many units that was, such as images
   */
  long work();

  @Override
  void close();
}
