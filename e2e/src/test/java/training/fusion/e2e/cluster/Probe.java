package training.fusion.e2e.cluster;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** What a kubelet does to learn whether a container is ready. */
public final class Probe {
  private Probe() {}

  /** Whether what listens there says 200; false where nothing listens yet. */
  public static boolean isOk(URI address) {
    try {
      var connection = (HttpURLConnection) address.toURL().openConnection();
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }
}
