package training.fusion.e2e.report;

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
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.PodTokens;
import training.fusion.e2e.cluster.SelfSigned;
import training.fusion.e2e.operator.ProgressPort;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/** With a key and a certificate, as {@code deploy/components/tls} mounts them. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class ReportsOverTlsTest {
  private final ControlPlane controlPlane;
  private final Path folder;
  private final SelfSigned certificate;

  ReportsOverTlsTest(ControlPlane controlPlane, @TempDir Path folder) throws Exception {
    this.controlPlane = controlPlane;
    this.folder = folder;
    certificate = SelfSigned.in(folder);
    Files.writeString(folder.resolve("tls.key"), certificate.key());
    Files.writeString(folder.resolve("tls.crt"), certificate.certificate());
    Files.writeString(folder.resolve("ca.crt"), certificate.certificate());
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
    var request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/v1/progress"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", ProgressPort.JSON)
            .POST(BodyPublishers.ofString(ProgressPort.report(1, 1)))
            .build();
    return HttpClient.newBuilder()
        .sslContext(certificate.client())
        .build()
        .send(request, BodyHandlers.ofString())
        .statusCode();
  }
}
