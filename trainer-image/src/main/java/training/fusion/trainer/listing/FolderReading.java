package training.fusion.trainer.listing;

/**
 * How a folder of pictures is read. A run keeps to the reading that it began with: a better one may
 * put pictures into other parts.
 */
public enum FolderReading {
  /**
   * Parts are called {@code train}, {@code val} or {@code validation}, and {@code test}, in just
   * these letters; hidden names, {@code lost+found} and {@code __MACOSX} are left out.
   */
  EXACT_NAMES,

  /** As {@code FolderLayout} says. */
  BY_MEANING;

  /** What a run without a note of its reading began with. */
  public static final FolderReading BEFORE_IT_WAS_NOTED = EXACT_NAMES;

  /** What a run begins with today. */
  public static final FolderReading CURRENT = BY_MEANING;
}
