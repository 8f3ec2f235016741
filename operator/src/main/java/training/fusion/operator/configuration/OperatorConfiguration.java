package training.fusion.operator.configuration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * All that can be configured, as system properties ({@code -Dfusion.progress.address=…}),
 * environment variables ({@code FUSION_PROGRESS_ADDRESS}) or a properties file.
 */
@ConfigMapping(prefix = "fusion")
public interface OperatorConfiguration {
  /**
   * Namespaces that are watched, comma-separated; the operator SDK reads it through {@code
   * application.properties}. Absent: all.
   */
  Optional<String> namespaces();

  /** What trainings run as. */
  Trainer trainer();

  /** Reports from running trainings. */
  Progress progress();

  /** The tokens that prove whose report it is. */
  Token token();

  /** One of several operators at work. */
  LeaderElection leaderElection();

  /** What becomes of trainings and sweeps that have ended. */
  Retention retention();

  /** The page that shows all trainings and sweeps while they go on. */
  Overview overview();

  /** What trainings run as. */
  interface Trainer {
    /** Image of trainings that name none in {@code spec.pod.image}. */
    @WithDefault("fusion-trainer:0.1.0")
    String image();

    /** How long a trainer may take to save a checkpoint after SIGTERM. */
    @WithDefault("120s")
    Duration terminationGracePeriod();

    /**
     * Kueue's queue of trainings whose {@code spec.pod.labels} name none; it has to be there in
     * their namespace. Absent: those are not queued.
     */
    Optional<String> queue();

    /**
     * Group that owns the volumes of trainings that name none, so that it can write to freshly made
     * claims: the image's own. Empty: none is asked for; OpenShift's restricted-v2 takes no other
     * than the one that it assigns.
     */
    @WithDefault("65532")
    OptionalLong fsGroup();

    /** Trainings that have a GPU. */
    Gpu gpu();
  }

  /** What trainings that have a GPU, by a limit or a claim, run as. */
  interface Gpu {
    /** Image of those that name none. Absent: as of all others. */
    Optional<String> image();

    /** RuntimeClass of those that name none. Absent: the cluster's default. */
    Optional<String> runtimeClassName();

    /** Keys of nodes' taints that they tolerate, whatever value and effect; comma-separated. */
    Optional<List<String>> toleratedTaints();
  }

  /** Reports from running trainings. */
  interface Progress {
    /** The address that trainers post to, as seen from their pods. Absent: they don't report. */
    Optional<String> address();

    /**
     * File with the PEM certificates of the authorities that sign for an address with https.
     * Absent: those that Java trusts.
     */
    Optional<Path> authority();

    /**
     * Shortest time between two writes of one training's progress; a new evaluation need not wait.
     */
    @WithDefault("10s")
    Duration minimumInterval();

    /** A running trainer that has not been heard of for so long is shown as silent. */
    @WithDefault("2m")
    Duration silence();
  }

  /** The tokens that prove whose report it is. */
  interface Token {
    /** Audience that pods' tokens are made for, and the only one that is taken. */
    @WithDefault("fusion-training")
    String audience();

    /** Issuer of service-account tokens. Absent: as the API server's discovery document says. */
    Optional<String> issuer();

    /** Shortest time between two readings of the API server's signing keys. */
    @WithDefault("10s")
    Duration keysMinimumAge();
  }

  /** One of several operators at work. */
  interface LeaderElection {
    /** Whether to wait for the lease before reconciling; needed with more than one replica. */
    @WithDefault("false")
    boolean enabled();

    /** Name of the Lease. */
    @WithDefault("fusion-training-operator")
    String leaseName();

    /** Its namespace. Absent: the operator's own. */
    Optional<String> leaseNamespace();
  }

  /** What becomes of trainings and sweeps that have ended. */
  interface Retention {
    /**
     * How long after their end they are deleted, a sweep with its trials, rows and report. Absent:
     * never. Those of GitOps tools and of Helm are left alone, and those with the annotation {@code
     * fusion.training/keep}.
     */
    Optional<Duration> after();
  }

  /** The page that shows all trainings and sweeps while they go on. */
  interface Overview {
    /** Its port on the loopback interface, for {@code kubectl port-forward}. Empty: no page. */
    @WithDefault("8090")
    OptionalInt port();

    /**
     * First part of its path, which whoever looks has to know. Absent: none, for the loopback
     * interface of a pod is reached by those alone who may forward its ports.
     */
    Optional<String> secret();
  }
}
