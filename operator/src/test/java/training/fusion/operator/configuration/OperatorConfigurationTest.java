package training.fusion.operator.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import training.fusion.operator.Configured;

class OperatorConfigurationTest {
  @Test
  void everythingHasADefault() {
    var configuration = Configured.with(Map.of());
    assertThat(configuration.trainer().image()).isEqualTo("fusion-trainer:0.1.0");
    assertThat(configuration.trainer().terminationGracePeriod()).isEqualTo(Duration.ofMinutes(2));
    assertThat(configuration.trainer().queue()).isEmpty();
    assertThat(configuration.trainer().fsGroup()).hasValue(65532);
    assertThat(configuration.trainer().gpu().image()).isEmpty();
    assertThat(configuration.trainer().gpu().runtimeClassName()).isEmpty();
    assertThat(configuration.trainer().gpu().toleratedTaints()).isEmpty();
    assertThat(configuration.progress().address()).isEmpty();
    assertThat(configuration.progress().authority()).isEmpty();
    assertThat(configuration.progress().minimumInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(configuration.progress().silence()).isEqualTo(Duration.ofMinutes(2));
    assertThat(configuration.token().audience()).isEqualTo("fusion-training");
    assertThat(configuration.token().issuer()).isEmpty();
    assertThat(configuration.token().keysMinimumAge()).isEqualTo(Duration.ofSeconds(10));
    assertThat(configuration.leaderElection().enabled()).isFalse();
    assertThat(configuration.leaderElection().leaseName()).isEqualTo("fusion-training-operator");
    assertThat(configuration.leaderElection().leaseNamespace()).isEmpty();
    assertThat(configuration.retention().after()).isEmpty();
  }

  @Test
  void everythingCanBeSet() {
    var configuration =
        Configured.with(
            Map.ofEntries(
                Map.entry("fusion.trainer.image", "trainer:2"),
                Map.entry("fusion.trainer.termination-grace-period", "30s"),
                Map.entry("fusion.trainer.queue", "research"),
                Map.entry("fusion.trainer.fs-group", ""),
                Map.entry("fusion.trainer.gpu.image", "trainer:2-cuda"),
                Map.entry("fusion.trainer.gpu.runtime-class-name", "nvidia"),
                Map.entry("fusion.trainer.gpu.tolerated-taints", "nvidia.com/gpu,reserved"),
                Map.entry("fusion.progress.address", "http://operator:8080/v1/progress"),
                Map.entry("fusion.progress.authority", "/tls/ca.crt"),
                Map.entry("fusion.progress.minimum-interval", "1500ms"),
                Map.entry("fusion.progress.silence", "5m"),
                Map.entry("fusion.token.audience", "ours"),
                Map.entry("fusion.token.issuer", "https://issuer"),
                Map.entry("fusion.token.keys-minimum-age", "1s"),
                Map.entry("fusion.leader-election.enabled", "true"),
                Map.entry("fusion.leader-election.lease-name", "lease"),
                Map.entry("fusion.leader-election.lease-namespace", "system"),
                Map.entry("fusion.retention.after", "30d")));
    assertThat(configuration.trainer().image()).isEqualTo("trainer:2");
    assertThat(configuration.trainer().terminationGracePeriod()).isEqualTo(Duration.ofSeconds(30));
    assertThat(configuration.trainer().queue()).hasValue("research");
    assertThat(configuration.trainer().fsGroup()).isEmpty();
    assertThat(configuration.trainer().gpu().image()).hasValue("trainer:2-cuda");
    assertThat(configuration.trainer().gpu().runtimeClassName()).hasValue("nvidia");
    assertThat(configuration.trainer().gpu().toleratedTaints())
        .hasValue(List.of("nvidia.com/gpu", "reserved"));
    assertThat(configuration.progress().address()).hasValue("http://operator:8080/v1/progress");
    assertThat(configuration.progress().authority()).hasValue(Path.of("/tls/ca.crt"));
    assertThat(configuration.progress().minimumInterval()).isEqualTo(Duration.ofMillis(1500));
    assertThat(configuration.progress().silence()).isEqualTo(Duration.ofMinutes(5));
    assertThat(configuration.token().audience()).isEqualTo("ours");
    assertThat(configuration.token().issuer()).hasValue("https://issuer");
    assertThat(configuration.token().keysMinimumAge()).isEqualTo(Duration.ofSeconds(1));
    assertThat(configuration.leaderElection().enabled()).isTrue();
    assertThat(configuration.leaderElection().leaseName()).isEqualTo("lease");
    assertThat(configuration.leaderElection().leaseNamespace()).hasValue("system");
    assertThat(configuration.retention().after()).hasValue(Duration.ofDays(30));
  }

  @Test
  void aDurationThatIsNoneIsRefusedByName() {
    assertThatThrownBy(() -> Configured.with(Map.of("fusion.progress.silence", "soon")))
        .hasMessageContaining("fusion.progress.silence");
  }
}
