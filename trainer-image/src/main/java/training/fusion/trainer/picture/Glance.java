package training.fusion.trainer.picture;

import org.jspecify.annotations.Nullable;

/**
 * What the beginning of a picture's file says.
 *
 * @param damage why it is no picture that can be read; null: it may be one
 * @param caveat what is to be told of it if it is read; null: nothing
 */
public record Glance(@Nullable String damage, @Nullable Caveat caveat) {
  /** Of a file that says nothing by its beginning. */
  public static final Glance NOTHING = new Glance(null, null);
}
