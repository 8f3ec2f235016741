package training.fusion.operator.progress;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** A report's bytes, as they come in: so many and no more. */
final class ReportBody {
  private static final int LONGEST = 16 << 10;

  private ReportBody() {}

  /** It is longer than a report can be. */
  static final class TooLong extends Exception {
    private static final long serialVersionUID = 1;

    TooLong() {
      super("a report has at most " + LONGEST + " bytes");
    }
  }

  /** Reads on in a request that was paused; fails where it is too long or its sender goes away. */
  static Future<byte[]> of(HttpServerRequest request) {
    var whole = Promise.<byte[]>promise();
    Buffer read = Buffer.buffer();
    request
        .exceptionHandler(whole::tryFail)
        .handler(
            part -> {
              if (read.length() + part.length() <= LONGEST) {
                read.appendBuffer(part);
              } else {
                whole.tryFail(new TooLong());
              }
            })
        .endHandler(end -> whole.tryComplete(read.getBytes()))
        .resume();
    return whole.future();
  }
}
