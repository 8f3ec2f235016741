package training.fusion.trainer.listing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What lies directly in a folder.
 *
 * @param names as the file system has them, sorted by their bytes
 * @param kinds of the names, each an {@link EntryKind}'s code: there may be a million
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record FolderEntries(byte[][] names, byte[] kinds) {
  /** A name and what it leads to. */
  record Entry(byte[] name, EntryKind kind) {}

  static FolderEntries of(List<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort((one, other) -> Arrays.compareUnsigned(one.name, other.name));
    byte[][] names = new byte[sorted.size()][];
    byte[] kinds = new byte[names.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = sorted.get(i).name;
      kinds[i] = sorted.get(i).kind.code();
    }
    return new FolderEntries(names, kinds);
  }

  public int count() {
    return names.length;
  }

  public EntryKind kind(int entry) {
    return EntryKind.of(kinds[entry]);
  }
}
