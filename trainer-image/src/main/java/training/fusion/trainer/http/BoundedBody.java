package training.fusion.trainer.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A body in memory, given up as soon as it is longer than it may be. */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
  private final HttpResponse.BodySubscriber<byte[]> kept =
      HttpResponse.BodySubscribers.ofByteArray();
  private final int most;
  private long come;
  private Flow.@Nullable Subscription subscription;

  BoundedBody(int most) {
    this.most = most;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return kept.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    kept.onSubscribe(given);
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    come += pieces.stream().mapToLong(ByteBuffer::remaining).sum();
    if (come <= most) {
      kept.onNext(pieces);
    } else if (subscription != null) {
      subscription.cancel();
      subscription = null;
      kept.onError(new IOException("its answer is longer than %d bytes".formatted(most)));
    }
  }

  @Override
  public void onError(Throwable failure) {
    kept.onError(failure);
  }

  @Override
  public void onComplete() {
    kept.onComplete();
  }
}
