package training.fusion.e2e.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

@OnControlPlane
class ControlPlaneTest {
  private final KubernetesClient client;
  private final ControlPlane controlPlane;

  ControlPlaneTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    client = controlPlane.client();
  }

  @Test
  void runs_the_version_of_Kubernetes_that_its_module_names() throws IOException {
    Matcher required =
        Pattern.compile("\tk8s.io/kubernetes (v[0-9.]+)")
            .matcher(Files.readString(ControlPlane.MODULE.resolve("tools/go.mod")));

    assertThat(required.find()).isTrue();
    assertThat(client.getKubernetesVersion().getGitVersion()).isEqualTo(required.group(1));
  }

  @Test
  void a_job_on_a_simulated_node_ends_complete() {
    String namespace = controlPlane.newNamespace("job");

    Job job =
        client
            .batch()
            .v1()
            .jobs()
            .inNamespace(namespace)
            .load(getClass().getResourceAsStream("job.yaml"))
            .create();

    var ended =
        client
            .resource(job)
            .waitUntilCondition(
                seen ->
                    seen.getStatus().getConditions().stream()
                        .anyMatch(
                            condition ->
                                "Complete".equals(condition.getType())
                                    && "True".equals(condition.getStatus())),
                60,
                SECONDS);
    assertThat(ended.getStatus().getSucceeded()).isEqualTo(1);
    assertThat(client.pods().inNamespace(namespace).list().getItems())
        .singleElement()
        .satisfies(pod -> assertThat(pod.getSpec().getNodeName()).startsWith("kwok-"))
        .satisfies(pod -> assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded"));
  }

  @Test
  void every_service_account_may_read_the_keys_that_tokens_are_signed_with() {
    String namespace = controlPlane.newNamespace("keys");
    try (KubernetesClient serviceAccount =
        new KubernetesClientBuilder().withConfig(withToken(token(namespace))).build()) {

      assertThat(serviceAccount.raw("/openid/v1/jwks")).contains("\"alg\":\"RS256\"");
      assertThat(serviceAccount.raw("/.well-known/openid-configuration"))
          .contains("\"issuer\":\"https://kubernetes.default.svc\"");
    }
  }

  @Test
  void the_audit_log_has_who_asked_for_what() {
    String namespace = controlPlane.newNamespace("audited");
    client
        .resource(new ConfigMapBuilder().withNewMetadata().withName("noted").endMetadata().build())
        .inNamespace(namespace)
        .create();

    var requests =
        eventually(
            () ->
                controlPlane
                    .auditLog()
                    .requests(
                        AuditLog.writes(namespace, "configmaps")
                            .and(event -> event.at("/user/username").asText().equals("admin"))),
            seen -> !seen.isEmpty());

    assertThat(requests)
        .singleElement()
        .satisfies(event -> assertThat(event.path("verb").asText()).isEqualTo("create"))
        .satisfies(
            event ->
                assertThat(event.at("/requestObject/metadata/name").asText()).isEqualTo("noted"));
  }

  private String token(String namespace) {
    return client
        .serviceAccounts()
        .inNamespace(namespace)
        .withName("default")
        .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
        .getStatus()
        .getToken();
  }

  private Config withToken(String token) {
    Config ours = client.getConfiguration();
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(ours.getMasterUrl())
        .withCaCertData(ours.getCaCertData())
        .withOauthToken(token)
        .build();
  }
}
