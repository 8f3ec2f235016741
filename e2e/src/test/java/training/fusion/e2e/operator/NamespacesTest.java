package training.fusion.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;

@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("Of several namespaces")
class NamespacesTest {
  private static final String USER = "operator-of-two-namespaces";
  private static final String BINDING = "operator";

  private final ControlPlane controlPlane;
  private final Trainings first;
  private final Trainings second;

  NamespacesTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    first = new Trainings(controlPlane, "first");
    second = new Trainings(controlPlane, "second");
  }

  @AfterEach
  void end() {
    first.close();
    second.close();
  }

  @Test
  @DisplayName(
      "each is served; without its Role one is told and left alone, and served again with it")
  void one_without_a_role() throws IOException {
    bind(first);
    try (var operator = operator()) {
      operator.awaitReady();
      first.create("at-first", "200ms");
      second.create("later", "200ms");
      first.succeeded("at-first");
      assertThat(live(operator)).contains("namespace " + second.namespace, "\"UP\"");
      assertThat(second.get("later").getStatus().state()).isNull();

      bind(second);
      second.succeeded("later");
      first.create("beside", "200ms");
      first.succeeded("beside");
      assertThat(eventually(() -> states(operator), sum -> sum == 3)).isEqualTo(3);

      unbind(second);
      assertThat(eventually(() -> live(operator), told -> told.contains(second.namespace)))
          .contains("namespace " + second.namespace, "\"UP\"");
      assertThat(operator.isReady()).isTrue();
      first.create("still", "200ms");
      first.succeeded("still");

      second.create("waits", "200ms");
      bind(second);
      second.succeeded("waits");
    }
  }

  private ShippedOperator operator() throws IOException {
    return new ShippedOperator(
        controlPlane.kubeconfig(),
        List.of(
            "fusion.namespaces=" + first.namespace + "," + second.namespace,
            "kubernetes.impersonate.username=" + USER));
  }

  private void bind(Trainings trainings) {
    controlPlane
        .client()
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName(BINDING)
                .withNamespace(trainings.namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
                .build())
        .create();
  }

  private void unbind(Trainings trainings) {
    controlPlane
        .client()
        .rbac()
        .roleBindings()
        .inNamespace(trainings.namespace)
        .withName(BINDING)
        .delete();
  }

  /** How many trainings have succeeded, as its metrics say. */
  private static double states(ShippedOperator operator) {
    return said(operator, "/q/metrics")
        .lines()
        .filter(line -> line.startsWith("fusion_trainings{") && line.contains("succeeded"))
        .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
        .sum();
  }

  private static String live(ShippedOperator operator) {
    return said(operator, "/q/health/live");
  }

  private static String said(ShippedOperator operator, String path) {
    URI address = operator.address().resolve(path);
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
