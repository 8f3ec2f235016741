package training.fusion.trainer.bucket;

import java.net.URI;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;

/** s3proxy, an S3 server that checks signatures and digests, for the key {@code id, s3cret}. */
public final class S3Servers {
  private static final String ID = "id";
  private static final String SECRET = "s3cret";

  private S3Servers() {}

  /** A store in memory with one bucket; its context is to be closed. */
  public static BlobStore store(String bucket) {
    BlobStore store =
        ContextBuilder.newBuilder("transient")
            .credentials(ID, SECRET)
            .build(BlobStoreContext.class)
            .getBlobStore();
    store.createContainerInLocation(null, bucket);
    return store;
  }

  /**
   * Starts a server, to be stopped.
   *
   * @param port 0: a free one
   */
  public static S3Proxy start(BlobStore store, int port) throws Exception {
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V4, ID, SECRET)
            .build();
    server.start();
    return server;
  }
}
