package training.fusion.trainer.shard;

import java.io.IOException;

/** A tar that is not as expected; the message says why, without the file's name. */
final class DamagedShard extends IOException {
  private static final long serialVersionUID = 1L;

  private static final int LONGEST_NAME = 120;

  private DamagedShard(String message) {
    super(message);
  }

  /** Names in it, which others chose, are told as they can be printed. */
  @SuppressWarnings("AnnotateFormatMethod") // its annotation is another library's
  static DamagedShard of(String message, Object... names) {
    for (int i = 0; i < names.length; i++) {
      String name = String.valueOf(names[i]).replaceAll("\\p{Cntrl}", "?");
      names[i] = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }
    return new DamagedShard(message.formatted(names));
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
