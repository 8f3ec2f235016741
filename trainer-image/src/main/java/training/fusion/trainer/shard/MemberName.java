package training.fusion.trainer.shard;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A member's name as WebDataset divides it: up to the first dot of its last part it is the key of
 * its sample, and behind it the extension, in small letters.
 */
record MemberName(String key, String extension) {
  /** What WebDataset keeps for notes about a shard. */
  private static final Pattern META = Pattern.compile("__[^/]*__(?:/.*)?");

  private static final String FROM_MACOS = "__MACOSX/";

  /** Of a member; null: it belongs to no sample. */
  static @Nullable MemberName of(String name) {
    int begin = name.lastIndexOf('/') + 1;
    int dot = name.indexOf('.', begin);
    if (dot <= begin || META.matcher(name).matches() || name.startsWith(FROM_MACOS)) {
      return null; // without an extension, or hidden
    }
    return new MemberName(name.substring(0, dot), name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
