package training.fusion.operator;

import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.job.TrainingJob;

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

  /** Absent: this operator reconciles from the start. */
  @Produces
  @Dependent
  @Nullable LeaderElectionConfiguration leaderElection(OperatorConfiguration configuration) {
    var election = configuration.leaderElection();
    if (!election.enabled()) {
      return null;
    }
    var lease =
        LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(election.leaseName());
    election.leaseNamespace().ifPresent(lease::withLeaseNamespace);
    return lease.build();
  }
}
