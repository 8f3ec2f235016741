package training.fusion.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.configuration.OperatorConfiguration;
import training.fusion.operator.job.TrainingJob;
import training.fusion.operator.leadership.LeaderOnly;
import training.fusion.operator.leadership.Leadership;

/** What is made of the configuration. */
@Singleton
final class Beans {

  @Produces
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }

  @Produces
  @Singleton
  TrainingJob trainingJob(OperatorConfiguration configuration) {
    return new TrainingJob(configuration);
  }

  /** Quarkus' own client; one of several replicas writes by it while it leads. */
  @Produces
  @ApplicationScoped
  KubernetesClient client(
      KubernetesSerialization serialization,
      Config config,
      OperatorConfiguration configuration,
      Leadership leadership) {
    var builder =
        new KubernetesClientBuilder().withKubernetesSerialization(serialization).withConfig(config);
    if (configuration.leaderElection().enabled()) {
      builder.withHttpClientBuilderConsumer(http -> LeaderOnly.guard(http, leadership));
    }
    return builder.build();
  }

  void close(@Disposes KubernetesClient client) {
    client.close();
  }

  /** Absent: this operator reconciles from the start. */
  @Produces
  @Dependent
  @Nullable LeaderElectionConfiguration leaderElection(
      OperatorConfiguration configuration, Leadership leadership) {
    var election = configuration.leaderElection();
    if (!election.enabled()) {
      return null;
    }
    var lease =
        LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(election.leaseName())
            .withLeaseDuration(Leadership.LEASE_DURATION)
            .withRenewDeadline(Leadership.RENEW_DEADLINE)
            .withRetryPeriod(Leadership.RETRY_PERIOD)
            // by itself the SDK goes on reconciling, and never stands for election again
            .withLeaderCallbacks(new LeaderCallbacks(() -> {}, leadership::lost, holder -> {}));
    election.leaseNamespace().ifPresent(lease::withLeaseNamespace);
    return lease.build();
  }
}
