package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A file on a server that may be asked for its rest. */
interface RemoteFile {
  /** Where it is, for messages and logs: without anything secret. */
  String address();

  /**
   * Asks for the bytes from an offset on.
   *
   * @param from how many are there already
   * @param version what {@link Answer#version} said of those; null if it said nothing
   * @throws IOException if another attempt may succeed
   * @throws training.fusion.trainer.TrainingFailure if none will
   */
  Answer open(long from, @Nullable String version) throws IOException;

  /**
   * What a server answers.
   *
   * @param from offset of the body's first byte: 0 where the server has no ranges, or the file is
   *     another one than before
   * @param size of the whole file; negative if the server does not say
   * @param version names the file's content, to be sent back with the next question
   */
  record Answer(long from, long size, @Nullable String version, InputStream body) {}

  /** What is here is no beginning of the file that is there now. */
  final class OtherContent extends IOException {
    private static final long serialVersionUID = 1L;

    OtherContent(String message) {
      super(message);
    }
  }
}
