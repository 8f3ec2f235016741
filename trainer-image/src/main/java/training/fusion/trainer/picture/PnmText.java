package training.fusion.trainer.picture;

/**
 * Numbers of a Netpbm file, blanks between them; from a hash sign to the line's end is a comment.
 */
final class PnmText {
  private static final int MOST_DIGITS = 10;

  private final byte[] content;
  private int at;

  PnmText(byte[] content, int at) {
    this.content = content;
    this.at = at;
  }

  /** After what was read, and one blank. */
  int position() {
    return at;
  }

  /** The next number of the header. */
  int number() throws DamagedPicture {
    int next = next();
    while (isBlank(next)) {
      next = next();
    }
    long number = 0;
    int digits = 0;
    for (; !isBlank(next) && next >= 0; next = next()) {
      if (next < '0' || next > '9' || ++digits > MOST_DIGITS) {
        throw new DamagedPicture("its header is not of numbers");
      }
      number = 10 * number + next - '0';
    }
    if (digits == 0) {
      throw new DamagedPicture("it ends within its header");
    }
    if (number > Integer.MAX_VALUE) {
      throw new DamagedPicture("its header has a number that is too large");
    }
    return (int) number;
  }

  /** The next sample that is written as text. */
  int sample(int most) throws DamagedPicture {
    int value = number();
    if (value > most) {
      throw new DamagedPicture("it has a value of %d, and says %d at most".formatted(value, most));
    }
    return value;
  }

  /** The next bit that is written as text; bits need no blanks between them. */
  boolean bit() throws DamagedPicture {
    int next = next();
    while (isBlank(next)) {
      next = next();
    }
    if (next != '0' && next != '1') {
      throw new DamagedPicture("it ends too early, or has other than 0 and 1");
    }
    return next == '1';
  }

  /** The next byte as it is. */
  int octet() throws DamagedPicture {
    if (at >= content.length) {
      throw new DamagedPicture("it ends too early");
    }
    return content[at++] & 0xff;
  }

  /** The next character that is in no comment; −1 at the end. */
  private int next() {
    if (at < content.length && content[at] == '#') {
      while (at < content.length && content[at] != '\n' && content[at] != '\r') {
        at++;
      }
    }
    return at < content.length ? content[at++] : -1;
  }

  private static boolean isBlank(int character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
  }
}
