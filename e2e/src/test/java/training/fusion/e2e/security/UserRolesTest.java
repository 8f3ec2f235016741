package training.fusion.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;

/** Who has the cluster's role view or edit in a namespace has it for trainings too. */
@OnControlPlane
class UserRolesTest {
  private final Kubectl kubectl;

  UserRolesTest(ControlPlane controlPlane) {
    kubectl = new Kubectl(controlPlane.withCustomResources(), controlPlane.newNamespace("users"));
  }

  @BeforeEach
  void install() {
    kubectl.ok("apply", "-k", ControlPlane.MODULE.resolveSibling("deploy/users").toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "view | get list watch | create update patch delete deletecollection",
        "edit | get list watch create update patch delete deletecollection | escalate",
        "admin | get list watch create update patch delete deletecollection | escalate"
      })
  void aggregated_roles(String role, String allowed, String refused) {
    String user = role + "er";
    kubectl.ok("create", "rolebinding", user, "--clusterrole=" + role, "--user=" + user);

    // the controller manager adds the rules to the cluster's roles a moment later
    eventually(() -> may(user, "list"), Boolean::booleanValue);

    assertThat(words(allowed)).allMatch(verb -> may(user, verb));
    assertThat(words(refused)).noneMatch(verb -> may(user, verb));
    assertThat(may(user, "patch", "--subresource=status")).isFalse();
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.split(" "));
  }

  private boolean may(String user, String verb, String... options) {
    List<String> question =
        new ArrayList<>(List.of("auth", "can-i", verb, "fusiontrainings.fusion.training"));
    question.add("--as=" + user);
    question.addAll(List.of(options));
    return kubectl.says(question.toArray(String[]::new)).exitCode() == 0;
  }
}
