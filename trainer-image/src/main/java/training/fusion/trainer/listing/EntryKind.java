package training.fusion.trainer.listing;

/** What a name in a folder leads to; links are followed. */
public enum EntryKind {
  FILE(1),
  FOLDER(2),

  /** A link that leads nowhere, a named pipe, a socket or a device: it is never opened. */
  NEITHER(3),

  /** Not looked at: a {@link SystemFile} is left out, whatever it is. */
  SYSTEM(4);

  private final byte code;

  EntryKind(int code) {
    this.code = (byte) code;
  }

  /** What stands for it in an index. */
  byte code() {
    return code;
  }

  /**
   * The kind that a code stands for.
   *
   * @throws IllegalArgumentException if there is none
   */
  static EntryKind of(byte code) {
    return switch (code) {
      case 1 -> FILE;
      case 2 -> FOLDER;
      case 3 -> NEITHER;
      case 4 -> SYSTEM;
      default -> throw new IllegalArgumentException("there is no kind " + code);
    };
  }
}
