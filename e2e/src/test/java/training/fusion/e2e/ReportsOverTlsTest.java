package training.fusion.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.resource.FusionTrainingStatus.State;

/** With a key and a certificate, as {@code deploy/components/tls} mounts them. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class ReportsOverTlsTest {
  private static final String PASSWORD = "throw-away";

  private final ControlPlane controlPlane;
  private final Path folder;
  private final KeyStore store;

  ReportsOverTlsTest(ControlPlane controlPlane, @TempDir Path folder) throws Exception {
    this.controlPlane = controlPlane;
    this.folder = folder;
    store = selfSigned(folder.resolve("server.p12"));
    byte[] key = store.getKey("server", PASSWORD.toCharArray()).getEncoded();
    byte[] certificate = store.getCertificate("server").getEncoded();
    Files.writeString(folder.resolve("tls.key"), pem("PRIVATE KEY", key));
    Files.writeString(folder.resolve("tls.crt"), pem("CERTIFICATE", certificate));
    Files.writeString(folder.resolve("ca.crt"), pem("CERTIFICATE", certificate));
  }

  @Test
  void the_operator_takes_reports_and_trainers_are_given_the_authority() throws Exception {
    int port = ShippedOperator.freePort();
    try (var trainings = new Trainings(controlPlane, "tls");
        var operator =
            new ShippedOperator(
                controlPlane,
                trainings.namespace,
                List.of(
                    "quarkus.http.ssl-port=" + port,
                    "quarkus.http.ssl.certificate.files=" + folder.resolve("tls.crt"),
                    "quarkus.http.ssl.certificate.key-files=" + folder.resolve("tls.key"),
                    "quarkus.http.ssl.certificate.reload-period=1h",
                    "fusion.progress.authority=" + folder.resolve("ca.crt")))) {
      trainings.create("vision-runs", "200ms");
      Pod pod = trainings.running("vision-runs");
      trainings.state("vision-runs", State.RUNNING);
      ProgressPort plainPort = ProgressPort.of(operator);
      PodTokens tokens = new PodTokens(controlPlane);

      int secure = post(port, tokens.of(pod));
      int plain = plainPort.post(tokens.of(pod), ProgressPort.report(2, 2)).statusCode();

      assertThat(secure).isEqualTo(202);
      assertThat(plain).isEqualTo(202);
      assertThat(pod.getSpec().getContainers().get(0).getEnv())
          .contains(
              new EnvVar(
                  "FUSION_PROGRESS_AUTHORITY", Files.readString(folder.resolve("ca.crt")), null));
    }
  }

  private int post(int port, String token) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", store.getCertificate("server"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    var request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/v1/progress"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", ProgressPort.JSON)
            .POST(BodyPublishers.ofString(ProgressPort.report(1, 1)))
            .build();
    return HttpClient.newBuilder()
        .sslContext(tls)
        .build()
        .send(request, BodyHandlers.ofString())
        .statusCode();
  }

  private static KeyStore selfSigned(Path file) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process made =
        new ProcessBuilder(
                (keytool
                        + " -genkeypair -alias server -keyalg EC -storetype PKCS12 -validity 2"
                        + " -dname CN=operator -ext san=ip:127.0.0.1 -storepass "
                        + PASSWORD
                        + " -keystore "
                        + file)
                    .split(" "))
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  private static String pem(String kind, byte[] content) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(kind, Base64.getMimeEncoder().encodeToString(content), kind);
  }
}
