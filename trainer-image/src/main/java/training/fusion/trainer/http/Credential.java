package training.fusion.trainer.http;

import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/** Tokens and passwords as people keep them: in files and variables that end with a line break. */
public final class Credential {
  private Credential() {}

  /**
   * A token without the white space around it.
   *
   * @param where the variable or file that it was read from, for messages
   * @return null if there is none
   * @throws TrainingFailure if no header may hold it; the message does not
   */
  public static @Nullable String token(@Nullable String text, String where) {
    String token = text == null ? "" : text.strip();
    if (!token.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= '~'))) {
      throw TrainingFailure.badConfiguration(
          where
              + " holds a line break or another character that no header may have; give the token alone");
    }
    return token.isEmpty() ? null : token;
  }
}
