package training.fusion.trainer.source;

/** Whoever waits for a fetch. */
public interface FetchListener {
  /** A piece has come, or the fetch got on in another way. */
  void moved(String activity);

  /**
   * Asked again and again, also while nothing comes.
   *
   * @throws training.fusion.trainer.TrainingFailure if the fetch has to end; what has come is kept
   */
  void mayGoOn();
}
