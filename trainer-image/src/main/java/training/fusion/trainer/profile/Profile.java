package training.fusion.trainer.profile;

/** Hears what the training loop is at. */
public interface Profile {
  /** Nobody asks: nothing is timed, and the device is not waited for. */
  Profile NONE = new Profile() {};

  /** What was done since the last step is no part of one; the next begins now. */
  default void begin() {}

  /** A phase begins; the one before it ends. */
  default void enter(Phase phase) {}

  /** A step ends, and the next one begins. */
  default void stepped(int images) {}

  /** The steps of an epoch, counted from 1, are done. */
  default void trained(int epoch) {}

  /** The training is done. */
  default void ended() {}
}
