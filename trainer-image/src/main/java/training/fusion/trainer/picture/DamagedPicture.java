package training.fusion.trainer.picture;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file that is no picture, or not a whole one; the message says what is wrong with it. */
public final class DamagedPicture extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedPicture(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  DamagedPicture(String message) {
    this(message, null);
  }
}
