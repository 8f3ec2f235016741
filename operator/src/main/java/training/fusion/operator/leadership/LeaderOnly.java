package training.fusion.operator.leadership;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Stands before each request of the client: none that changes anything is sent, or sent again, by a
 * replica that does not lead; the Lease's own tell whether it does. Free of it is a client that
 * {@link #anyReplica} made.
 */
public final class LeaderOnly implements Interceptor {
  private static final String NAME = "leader-only";
  private static final String LEASES = "/apis/coordination.k8s.io/";

  /** Asks what the operator may; nothing is kept of it. */
  private static final String REVIEWS = "/apis/authorization.k8s.io/";

  private final Leadership leadership;

  private LeaderOnly(Leadership leadership) {
    this.leadership = leadership;
  }

  /** Guards all that is sent by the clients of this builder. */
  public static void guard(HttpClient.Builder clients, Leadership leadership) {
    clients.addOrReplaceInterceptor(NAME, new LeaderOnly(leadership));
  }

  /** The same client, for what each replica may write. */
  public static HttpClient anyReplica(HttpClient client) {
    return client.newBuilder().addOrReplaceInterceptor(NAME, null).build();
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    String path = request.uri().getPath();
    if (path.contains(LEASES)) {
      leadership.stands();
      return;
    }
    if (request.method().equals("GET") || path.contains(REVIEWS)) {
      return;
    }
    if (!leadership.holds()) {
      leadership.require();
      throw new KubernetesClientException("this replica does not lead, and so does not write");
    }
  }

  @Override
  public void after(
      HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
    boolean writes = !request.method().equals("GET");
    if (writes && request.uri().getPath().contains(LEASES) && response.isSuccessful()) {
      Lease lease = Serialization.unmarshal(request.bodyString(), Lease.class);
      leadership.renewed(lease.getSpec().getRenewTime().toInstant());
    }
  }
}
